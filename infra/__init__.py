"""The CDK stack, its packaging and the models it ships."""
