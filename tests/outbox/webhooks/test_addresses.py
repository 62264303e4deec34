"""Addresses that must not be called, however they are spelled; and those that may."""

import ipaddress

import pytest

from outbox.webhooks.addresses import Refused, Rules, is_public, judge, read

STRICT = Rules()
DEVELOPER = Rules(plain=True, loopback=True)

REFUSED = {
    # ourselves
    "https://127.0.0.1/": "ADDRESS_NOT_PUBLIC",
    "https://localhost/": "ADDRESS_NOT_PUBLIC",
    "https://app.localhost/": "ADDRESS_NOT_PUBLIC",
    "https://[::1]/": "ADDRESS_NOT_PUBLIC",
    "https://0.0.0.0/": "ADDRESS_NOT_PUBLIC",
    "https://[::]/": "ADDRESS_NOT_PUBLIC",
    # ourselves in other spellings
    "https://127.1/": "ADDRESS_MALFORMED",
    "https://127.0.1/": "ADDRESS_MALFORMED",
    "https://2130706433/": "ADDRESS_MALFORMED",
    "https://0x7f000001/": "ADDRESS_MALFORMED",
    "https://0x7f.0x0.0x0.0x1/": "ADDRESS_MALFORMED",
    "https://0177.0.0.1/": "ADDRESS_MALFORMED",
    "https://017700000001/": "ADDRESS_MALFORMED",
    "https://127.0.0.1./": "ADDRESS_MALFORMED",
    "https://127.000.000.001/": "ADDRESS_MALFORMED",
    "https://%31%32%37.0.0.1/": "ADDRESS_MALFORMED",
    "https://①②⑦.⓪.⓪.①/": "ADDRESS_MALFORMED",
    "https://127。0。0。1/": "ADDRESS_MALFORMED",
    # an address within an address
    "https://[::ffff:127.0.0.1]/": "ADDRESS_NOT_PUBLIC",
    "https://[::ffff:7f00:1]/": "ADDRESS_NOT_PUBLIC",
    "https://[::127.0.0.1]/": "ADDRESS_NOT_PUBLIC",
    "https://[2002:7f00:1::]/": "ADDRESS_NOT_PUBLIC",
    "https://[2002:a9fe:a9fe::]/": "ADDRESS_NOT_PUBLIC",
    "https://[64:ff9b::a9fe:a9fe]/": "ADDRESS_NOT_PUBLIC",
    "https://[64:ff9b:1::a00:1]/": "ADDRESS_NOT_PUBLIC",
    "https://[2001:0:7f00:1::1]/": "ADDRESS_NOT_PUBLIC",
    # the network around us
    "https://10.0.0.5/": "ADDRESS_NOT_PUBLIC",
    "https://172.16.31.9/": "ADDRESS_NOT_PUBLIC",
    "https://192.168.1.1/": "ADDRESS_NOT_PUBLIC",
    "https://100.64.0.1/": "ADDRESS_NOT_PUBLIC",
    "https://169.254.0.1/": "ADDRESS_NOT_PUBLIC",
    "https://[fe80::1]/": "ADDRESS_NOT_PUBLIC",
    "https://[fe80::1%25eth0]/": "ADDRESS_MALFORMED",
    "https://[fc00::1]/": "ADDRESS_NOT_PUBLIC",
    "https://[fec0::1]/": "ADDRESS_NOT_PUBLIC",
    "https://intranet/": "ADDRESS_NOT_PUBLIC",
    "https://printer.local/": "ADDRESS_NOT_PUBLIC",
    "https://db.internal/": "ADDRESS_NOT_PUBLIC",
    # where clouds tell machines their secrets
    "https://169.254.169.254/latest/meta-data/": "ADDRESS_NOT_PUBLIC",
    "https://metadata.google.internal/": "ADDRESS_NOT_PUBLIC",
    "https://metadata/": "ADDRESS_MALFORMED",
    "https://100.100.100.200/": "ADDRESS_NOT_PUBLIC",
    "https://168.63.129.16/": "ADDRESS_NOT_PUBLIC",
    "https://[fd00:ec2::254]/": "ADDRESS_NOT_PUBLIC",
    # nobody, and everybody
    "https://224.0.0.1/": "ADDRESS_NOT_PUBLIC",
    "https://[ff02::1]/": "ADDRESS_NOT_PUBLIC",
    "https://240.0.0.1/": "ADDRESS_NOT_PUBLIC",
    "https://255.255.255.255/": "ADDRESS_NOT_PUBLIC",
    "https://192.0.2.1/": "ADDRESS_NOT_PUBLIC",
    "https://198.18.0.1/": "ADDRESS_NOT_PUBLIC",
    "https://[2001:db8::1]/": "ADDRESS_NOT_PUBLIC",
    # hidden hosts, other doors, other ways
    "https://hooks.example.com@127.0.0.1/": "ADDRESS_MALFORMED",
    "https://user:password@hooks.example.com/": "ADDRESS_MALFORMED",
    "https://127.0.0.1#@hooks.example.com/": "ADDRESS_MALFORMED",
    "https://hooks.example.com\\@127.0.0.1/": "ADDRESS_MALFORMED",
    "https://hooks.example.com./": "ADDRESS_MALFORMED",
    "https://hooks.example.com:22/": "ADDRESS_PORT",
    "https://hooks.example.com:6379/": "ADDRESS_PORT",
    "https://hooks.example.com:0/": "ADDRESS_PORT",
    "https://hooks.example.com:99999/": "ADDRESS_MALFORMED",
    "https://hooks.example.com/#part": "ADDRESS_MALFORMED",
    "https://hooks.example.com/a b": "ADDRESS_MALFORMED",
    "https://hooks.example.com/\r\nHost: other": "ADDRESS_MALFORMED",
    "https://hooks_.example.com/": "ADDRESS_MALFORMED",
    "https:///etc/passwd": "ADDRESS_MALFORMED",
    "https://[::1": "ADDRESS_MALFORMED",
    "http://hooks.example.com/": "ADDRESS_NOT_HTTPS",
    "ftp://hooks.example.com/": "ADDRESS_NOT_HTTPS",
    "file:///etc/passwd": "ADDRESS_NOT_HTTPS",
    "gopher://hooks.example.com/": "ADDRESS_NOT_HTTPS",
    "//hooks.example.com/": "ADDRESS_NOT_HTTPS",
    "https://" + "a" * 64 + ".example.com/": "ADDRESS_MALFORMED",
    "https://hooks.example.com/" + "a" * 2_000: "ADDRESS_MALFORMED",
}
PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1")
INSIDE = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%1", "2002:a00:1::", "64:ff9b::a00:1", "192.0.0.8")


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url)[:60])
def test_an_address_that_leads_inside_or_can_be_read_in_two_ways_is_refused(url):
    with pytest.raises(Refused) as refusal:
        read(url, STRICT)

    assert refusal.value.code == REFUSED[url]


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://hooks.example.com", "hooks.example.com", "/"),
        ("https://HOOKS.Example.com/a/b?c=d", "hooks.example.com", "/a/b?c=d"),
        ("https://hooks.example.com:8443/", "hooks.example.com:8443", "/"),
        ("https://hooks.example.com?c=d", "hooks.example.com", "/?c=d"),
        ("https://xn--e1afmkfd.xn--p1ai/", "xn--e1afmkfd.xn--p1ai", "/"),
        ("https://1.1.1.1/", "1.1.1.1", "/"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443", "/"),
        ("https://my_hooks.example.com/", "my_hooks.example.com", "/"),
    ],
)
def test_a_public_address_is_read_as_it_stands(url, authority, target):
    place = read(url, STRICT)

    assert (place.authority, place.target) == (authority, target)


@pytest.mark.parametrize("text", PUBLIC)
def test_the_public_network_is_public(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", INSIDE)
def test_a_name_is_refused_when_one_of_its_addresses_is_inside(text):
    public, inside = ipaddress.ip_address("1.1.1.1"), ipaddress.ip_address(text)

    for found in ([inside], [public, inside], [inside, public]):
        with pytest.raises(Refused):
            judge(found, STRICT)


def test_a_name_without_addresses_is_refused():
    with pytest.raises(Refused, match="NAME_UNKNOWN"):
        judge([], STRICT)


def test_every_address_that_the_registries_call_special_is_inside():
    special = [
        network for network in SPECIAL if is_public(ipaddress.ip_network(network)[0]) or is_public(ipaddress.ip_network(network)[-1])
    ]

    assert special == []


# The registries of IANA for IPv4 and IPv6, what is not "globally reachable"; multicast; and what hides IPv4.
SPECIAL = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"),
    *("192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/128", "::1/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:db8::/32"),
    *("2001:10::/28", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
)


def test_a_developers_machine_may_call_itself_and_nothing_else_inside():
    for url in ("http://127.0.0.1:5000/", "http://localhost:5000/", "https://[::1]:5000/"):
        assert read(url, DEVELOPER).port == 5000
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://192.168.1.1:5000/", "http://127.1:5000/"):
        with pytest.raises(Refused):
            read(url, DEVELOPER)


def test_plain_http_alone_opens_no_door_inside():
    with pytest.raises(Refused):
        read("http://127.0.0.1:8000/", Rules(plain=True))
    assert read("http://hooks.example.com/", Rules(plain=True)).port == 80
