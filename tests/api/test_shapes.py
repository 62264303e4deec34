"""Shapes that show rows: one instance for all calls, and no call sees another's row."""

import threading

from rest_framework import serializers

from api.base import Shape, reader


class PersonOut(Shape):
    fullName = serializers.CharField()
    nickNames = serializers.ListField(child=serializers.CharField())


class PairOut(Shape):
    first = PersonOut()
    others = PersonOut(many=True)


def person(number):
    return {"full_name": f"Anna {number}", "nick_names": [f"A{number}"]}


def shown(number):
    return {"fullName": f"Anna {number}", "nickNames": [f"A{number}"]}


def test_a_row_is_shown_as_a_shape_of_its_own_would_show_it():
    pair = {"first": person(1), "others": [person(2), person(3)]}

    assert PairOut.of(pair) == dict(PairOut(pair).data) == {"first": shown(1), "others": [shown(2), shown(3)]}
    assert reader(PairOut) is reader(PairOut)


def test_threads_that_share_a_shape_show_their_own_rows():
    reader.cache_clear()
    start = threading.Barrier(8)
    wrong = []

    def show(number):
        start.wait()
        for turn in range(number, number + 800, 8):
            found = PairOut.of({"first": person(turn), "others": [person(-turn)]})
            if found != {"first": shown(turn), "others": [shown(-turn)]}:
                wrong.append(found)

    threads = [threading.Thread(target=show, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
