"""A plan as the AWS resources that it is made of, neutral between account and file forms."""
