"""The judges judge rightly: what avahi announces, and ends, is seen by all of them. No hub is needed."""

from kit.judges import Avahi


def test_what_avahi_announces_is_found(lan, judges, phone):
    printer = lan.host("printer")
    Avahi(printer).publish("Fax. (2)", "_ipp._tcp", 631, "path=/x", "note=a b")
    for judge in judges:
        # Its addresses come one after the other.
        all_there = {printer.v4, printer.v6}
        fax = judge.finds(
            "_ipp._tcp",
            lambda service: service.host == "printer.local"
            and (judge.gives_one_address or service.addresses == all_there),
        )
        assert fax.instance == "Fax. (2)" and fax.type == "_ipp._tcp"
        assert (fax.host, fax.port, fax.txt) == ("printer.local", 631, {"path": "/x", "note": "a b"})
        assert [service.instance for service in judge.services("_ipp._tcp")] == ["Fax. (2)"]
        assert judge.address("printer.local", 4) == printer.v4
        assert judge.address("printer.local", 6) == printer.v6
        assert judge.address("scanner.local", 4) is None


def test_what_leaves_is_heard(lan, ear):
    printer = lan.host("printer")
    fax = Avahi(printer).publish("Fax", "_ipp._tcp", 631)
    fax.signal(15)
    ear.hears(lambda heard: heard.record.ttl == 0 and heard.record.name == "fax._ipp._tcp.local")
    assert any(record.name == "printer.local" and record.data == printer.v6 for record in ear.from_host(printer))
