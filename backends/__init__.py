"""The only home of model libraries and vector indexes, imported on use; and of the fakes for tests."""
