"""The least a Streamlit page can be: what the app's pages are compared with."""

import streamlit as st

st.title("A page")
st.markdown("With four elements.")
st.text_input("One")
st.button("Two")
