"""Uses every module of the pages under Django, and fails where it does not do
what its page says."""

import importlib
import logging
import sys

import django
from django.conf import settings

sys.path.insert(0, ".")

VALIDATORS = importlib.import_module("password_settings").AUTH_PASSWORD_VALIDATORS
FORWARDED = importlib.import_module("forwarded_settings")
PERMISSION = importlib.import_module("permission_settings")

settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "rest_framework"],
    AUTH_PASSWORD_VALIDATORS=VALIDATORS,
    REST_FRAMEWORK={**FORWARDED.REST_FRAMEWORK, **PERMISSION.REST_FRAMEWORK},
    USE_X_FORWARDED_HOST=FORWARDED.USE_X_FORWARDED_HOST,
    ROOT_URLCONF="__main__",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
)
django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.said = []

    def emit(self, record):
        self.said.append(record.getMessage())


lines = Lines()
logging.getLogger().addHandler(lines)
logging.getLogger().setLevel(logging.INFO)


def used(name):
    print("used " + name)


# Refuses what is sprayed.
from django.contrib.auth.password_validation import validate_password  # noqa: E402
from django.core.exceptions import ValidationError  # noqa: E402

for bad in ["password1234", "short"]:
    try:
        validate_password(bad)
        sys.exit(f"{bad} was accepted")
    except ValidationError:
        pass
validate_password("correct horse battery staple")
used("password_settings.py")

# Logs failures, and only those.
from django.contrib.auth import authenticate, get_user_model  # noqa: E402
from django.test import RequestFactory  # noqa: E402

User = get_user_model()
anna = User.objects.create_user("anna", password="correct horse")
importlib.import_module("login_log")
request = RequestFactory().post("/login", REMOTE_ADDR="203.0.113.7")
assert authenticate(request, username="anna", password="correct horse") == anna
assert lines.said == [], lines.said
assert authenticate(request, username="anna\nforged", password="x") is None
assert lines.said == ["login failed account='anna forged' ip=203.0.113.7"], lines.said
used("login_log.py")

# Shows a stranger's order to nobody.
from django.contrib.auth.models import Permission  # noqa: E402
from rest_framework import serializers, settings as drf  # noqa: E402
from rest_framework.test import APIRequestFactory, force_authenticate  # noqa: E402

own = importlib.import_module("own_orders")
ben = User.objects.create_user("ben")


class PermissionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Permission
        fields = ["id"]


class Orders(own.OwnOrders):  # what belongs to a user through a many-to-many stands for an order
    queryset = Permission.objects.all()
    serializer_class = PermissionSerializer
    owner_field = "user"


first, second = Permission.objects.all()[:2]
anna.user_permissions.add(first)
ben.user_permissions.add(second)
view = Orders.as_view({"get": "retrieve"})
factory = APIRequestFactory()


def get(view, user, path="/", **kwargs):
    request = factory.get(path)
    if user is not None:
        force_authenticate(request, user=user)
    return view(request, **kwargs)


assert get(view, anna, pk=first.pk).status_code == 200
assert get(view, ben, pk=first.pk).status_code == 404
assert get(view, None, pk=first.pk).status_code == 403
used("own_orders.py")

# Turns no page beyond the last.
pages = importlib.import_module("bounded_pages")


class Listed(Orders):
    pagination_class = pages.BoundedPages

    def get_queryset(self):
        return Permission.objects.order_by("pk")


listed = Listed.as_view({"get": "list"})
assert len(get(listed, anna, "/?size=5").data["results"]) == 5
assert get(listed, anna, "/?page=51").status_code == 404
assert "export" in str(get(listed, anna, "/?page=51").data)
assert pages.BoundedPages.max_page_size == 100
used("bounded_pages.py")

# Logs what it throttles, once a request, and lets others pass.
throttles = importlib.import_module("throttles")


class Throttled(Orders):
    throttle_classes = [throttles.LoggedThrottle]


lines.said.clear()
throttled = Throttled.as_view({"get": "retrieve"})
codes = [get(throttled, anna, "/api/x", pk=first.pk).status_code for _ in range(62)]
assert codes == [200] * 60 + [429] * 2, codes
said = [s for s in lines.said if s.startswith("throttled ")]
assert len(said) == 2 and said[0].startswith("throttled scope=user ip=127.0.0.1 path=/api/x wait="), said
assert get(throttled, ben, pk=second.pk).status_code == 200
used("throttles.py")

# Counts the client that the one proxy names, whatever the client wrote before it.
request = factory.get("/", HTTP_X_FORWARDED_FOR="11.84.7.201, 198.51.100.4", REMOTE_ADDR="10.0.0.1")
assert throttles.LoggedThrottle().get_ident(request) == "198.51.100.4"
used("forwarded_settings.py")

# Lets nobody in who is not known, and Django says so in the words of the page.
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Plain(APIView):
    def get(self, request):
        return Response({})


urlpatterns = [path("api/admin/users", Plain.as_view())]
lines.said.clear()
assert Client().get("/api/admin/users").status_code == 403
assert lines.said == ["Forbidden: /api/admin/users"], lines.said
assert get(Plain.as_view(), anna).status_code == 200
used("permission_settings.py")

# Ends the sessions of one user, and of nobody else.
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402

for user in [anna, anna, ben]:
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store.create()
SessionStore().create()
assert importlib.import_module("end_sessions").end_sessions(anna) == 2
assert Session.objects.count() == 2
used("end_sessions.py")
