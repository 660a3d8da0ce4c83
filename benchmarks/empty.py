"""The least a Streamlit page can be: what every rerun costs before the page has done anything."""

import streamlit as st

st.title("Empty")
