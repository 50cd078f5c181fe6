"""Plain HTML documents for the addresses beside the pages: signing in, coming back, a word when a link fails."""

from html import escape

from ui.messages import N_, translate
from ui.palette import DARK, LIGHT, Palette

STYLE = """
:root{color-scheme:light dark;%s}
@media (prefers-color-scheme: dark){:root{%s}}
@font-face{font-family:Inter;src:url(/assets/fonts/inter-latin-400-normal.woff2) format("woff2");font-weight:400}
@font-face{font-family:Inter;src:url(/assets/fonts/inter-latin-600-normal.woff2) format("woff2");font-weight:600}
@font-face{font-family:"Source Serif";src:url(/assets/fonts/source-serif-4-latin-600-normal.woff2) format("woff2");font-weight:600}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 Inter,system-ui,sans-serif}
main{max-width:26rem;margin:12vh auto 4rem;padding:0 1.2rem}
h1{font:600 1.8rem/1.25 "Source Serif",Georgia,serif}
label{display:block;font-weight:600;margin:1.1rem 0 .3rem}
input{width:100%%;box-sizing:border-box;font:inherit;padding:.65rem .7rem;border:1px solid var(--quiet);border-radius:.5rem;background:var(--card);color:var(--ink)}
button{margin-top:1.4rem;min-height:2.75rem;padding:.5rem 1.3rem;font:600 1rem Inter,system-ui,sans-serif;border:0;border-radius:.5rem;background:var(--accent);color:var(--on-accent);cursor:pointer}
a{color:var(--accent)} :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[role=alert]{border-inline-start:4px solid var(--warning);padding-inline-start:.8rem}
"""


def sign_in_page(error: str = "") -> str:
    """Return the sign-in form of staff."""
    fields = (
        '<label for="name">Name</label><input id="name" name="name" autocomplete="username" required>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
    )
    words = (
        "For the people who run a study. The administrator's password was shown on the terminal at the first start; "
        "<code>moralgraph admin reset-password</code> makes a new one."
    )
    return _document("Sign in", f"<p>{words}</p>{_form('/sign-in', fields, 'Sign in', error)}")


def resume_page(error: str = "", *, language: str = "en") -> str:
    """Return the form for a receipt code; ``language`` has a catalogue (``ui.messages.known_language``)."""
    label = escape(translate(N_("Receipt code"), language))
    fields = (
        f'<label for="code">{label}</label>'
        '<input id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" '
        'placeholder="XXXXX-XXXXX-XXXXX" required>'
    )
    words = N_("Type the receipt code you were given. It opens what you gave, on this device, where you left it.")
    action = "/resume" if language == "en" else f"/resume?lang={language}"
    form = _form(action, fields, translate(N_("Open"), language), translate(error, language))
    title = translate(N_("Come back"), language)
    return _document(title, f"<p>{escape(translate(words, language))}</p>{form}", language=language)


def message_page(title: str, text: str, *, language: str = "en") -> str:
    """Return a page that says one thing."""
    back = escape(translate(N_("To the start page"), language))
    body = f'<p role="alert">{escape(translate(text, language))}</p><p><a href="/">{back}</a></p>'
    return _document(translate(title, language), body, language=language)


def _form(action: str, fields: str, button: str, error: str) -> str:
    alert = f'<p role="alert">{escape(error)}</p>' if error else ""
    return f'{alert}<form method="post" action="{action}">{fields}<button>{escape(button)}</button></form>'


def _document(title: str, body: str, *, language: str = "en") -> str:
    style = STYLE % (_variables(LIGHT), _variables(DARK))
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)} · Moral Graph Explorer</title><style>{style}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _variables(palette: Palette) -> str:
    return "".join(f"--{name.replace('_', '-')}:{colour};" for name, colour in palette._asdict().items())
