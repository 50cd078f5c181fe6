"""Streamlit widgets, session access, figures and texts. No queries, no arithmetic beyond formatting."""
