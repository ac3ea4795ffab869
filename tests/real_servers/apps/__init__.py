"""The shop in five Python frameworks. All but FastAPI's are programs that serve it."""
