"""Oscar Mart: a marketplace of eight sellers on django-oscar."""
