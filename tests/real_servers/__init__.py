"""corstui against CORS implementations that people deploy, each configured twice: staging and production."""
