"""The end that most of Zendesk's paths may have."""

JSON = r"(?:\.json)?"
