"""Training, export and test data of the cranioplasty reconstruction models."""
