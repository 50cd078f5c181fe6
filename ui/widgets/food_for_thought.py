"""Food for thought in the interview: a closed fold with a few values of the map, once the person has told something.

Nothing is read or scored before the person opens it, and their answer box stays usable all the time.
"""

import streamlit as st

from domain.cards import CanonicalValue
from domain.errors import MoralGraphError
from services.food_for_thought import Food, FoodState
from services.participants import Guest
from ui.messages import t
from ui.runtime import services
from ui.widgets.cards import value_html

POLL_EVERY = "0.6s"
LINES_WITHOUT_GIST = 2


def offer_food(guest: Guest, revision: int, *, key: str) -> None:
    """Draw the fold where the study offers it and the person has told something; otherwise nothing."""
    if guest.study.offers_values and services().food_for_thought.is_offered(guest.person):
        _fold(guest, f"{key}.{revision}")


@st.fragment
def _fold(guest: Guest, key: str) -> None:
    """A fragment: opening it draws nothing else anew, so that an answer half written stays."""
    fold = st.expander(t("Food for thought: values on the map"), key=key, on_change="rerun")
    if fold.open:
        with fold:
            _show(guest, _look(guest))


@st.fragment(run_every=POLL_EVERY)
def _wait(guest: Guest) -> None:
    if _look(guest).state is not FoodState.WAITING:
        st.rerun()
    st.caption(t("Looking on the map. You can go on writing …"))


def _look(guest: Guest) -> Food:
    try:
        return services().food_for_thought.look(guest.person)
    except MoralGraphError:  # the interview went on, or the study closed, in another window
        return Food(FoodState.EMPTY)


def _show(guest: Guest, food: Food) -> None:
    if food.state is FoodState.WAITING:
        _wait(guest)
    elif food.state is FoodState.FAILED:
        st.caption(t("This cannot be shown right now. It changes nothing for you: go on in your own words."))
    elif food.state is FoodState.EMPTY:
        st.caption(t("Nothing on the map comes near what you told. Go on in your own words."))
    else:
        st.caption(
            t(
                "A few values by other people, or by those who set up the study. Your own words are what counts: "
                "nothing here has to fit you, and you can leave it aside."
            )
        )
        st.html("".join(value_html(_in_short(value), size="small") for value in food.values))


def _in_short(value: CanonicalValue) -> CanonicalValue:
    """Leave the lines out where a gist says it: whole cards would stand there as a form to copy."""
    return value.model_copy(update={"policies": () if value.gist else value.policies[:LINES_WITHOUT_GIST]})
