"""Links, cookies, receipt codes and the administrator's password open what they should and nothing else."""

import stat

import pytest
from itsdangerous import URLSafeTimedSerializer

from domain.errors import AccessError
from services.receipts import ALPHABET, normalise_receipt, receipt_code, receipt_hash
from services.secrets_store import (
    administrator_epoch,
    ensure_administrator,
    is_administrator,
    reset_administrator,
    signing_secret,
)
from services.tokens import ParticipantTicket, StaffTicket, Tokens

SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def tokens():
    return Tokens(SECRET)


def test_a_ticket_comes_back_as_it_was_signed(tokens):
    ticket = ParticipantTicket(person_id="p1", study_id="s1")
    assert tokens.read_participant(tokens.participant(ticket)) == ticket
    staff = StaffTicket(name="admin", epoch="e1")
    assert tokens.read_staff(tokens.staff(staff)) == staff
    assert tokens.read_study_link(tokens.study_link("s1")) == "s1"


def test_a_token_of_one_kind_opens_no_other(tokens):
    link = tokens.study_link("s1")
    with pytest.raises(AccessError):
        tokens.read_participant(link)
    with pytest.raises(AccessError):
        tokens.read_staff(tokens.participant(ParticipantTicket("admin", "e1")))


@pytest.mark.parametrize("broken", ["", "x", "p1", "eyJ4Ijo.1.2"])
def test_a_token_that_was_not_made_here_is_refused(tokens, broken):
    with pytest.raises(AccessError, match="not made by this installation"):
        tokens.read_participant(broken)


def test_a_token_signed_with_another_secret_is_refused(tokens):
    with pytest.raises(AccessError):
        tokens.read_study_link(Tokens("another secret that is long enough too").study_link("s1"))


def test_a_token_of_another_shape_is_refused(tokens):
    odd = URLSafeTimedSerializer(SECRET, salt="participant").dumps({"person": "p1"})
    with pytest.raises(AccessError, match="another version"):
        tokens.read_participant(odd)


def test_a_receipt_code_is_the_persons_own_and_forgives_how_it_is_typed():
    code = receipt_code("p1", secret=SECRET)
    assert code == receipt_code("p1", secret=SECRET)
    assert code != receipt_code("p2", secret=SECRET)
    assert set(normalise_receipt(code)) <= set(ALPHABET)
    assert len(normalise_receipt(code)) == 15
    assert receipt_hash(code, secret=SECRET) == receipt_hash(f"  {code.lower().replace('-', ' ')} ", secret=SECRET)
    assert code not in receipt_hash(code, secret=SECRET)


def test_the_signing_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    secret = signing_secret(tmp_path / "data")
    assert signing_secret(tmp_path / "data") == secret
    assert len(secret) >= 32
    (path,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_administrators_password_is_shown_once_and_stored_hashed(tmp_path):
    first = ensure_administrator(tmp_path)
    assert first is not None
    assert ensure_administrator(tmp_path) is None
    assert is_administrator(tmp_path, name=first.name, password=first.password)
    assert not is_administrator(tmp_path, name=first.name, password=first.password + "x")
    assert not is_administrator(tmp_path, name="root", password=first.password)
    assert all(first.password not in path.read_text() for path in tmp_path.iterdir())


def test_a_reset_ends_the_old_password_and_the_old_sessions(tmp_path):
    old = reset_administrator(tmp_path)
    epoch = administrator_epoch(tmp_path)
    new = reset_administrator(tmp_path)
    assert administrator_epoch(tmp_path) != epoch
    assert not is_administrator(tmp_path, name=old.name, password=old.password)
    assert is_administrator(tmp_path, name=new.name, password=new.password)
