"""Values to Plotly figures. No Streamlit here, no queries, no arithmetic beyond drawing."""
