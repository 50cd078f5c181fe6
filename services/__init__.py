"""Use cases, settings, jobs, command line. The only place where the parts meet; no Streamlit here."""
