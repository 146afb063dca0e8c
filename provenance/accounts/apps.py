"""People and keys: roles, API keys, applications, collections and who may see them."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "provenance.accounts"
    label = "accounts"

    def ready(self) -> None:
        from provenance.accounts import events, sign_in

        assert events  # noqa: S101  registers the event types
        sign_in.record_sign_ins()
