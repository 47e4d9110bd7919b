"""Documents that are asked for by an id: over HTTP, and wherever else operations come from."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from gateway.http.limits import Limits
from gateway.http.registered import RegisteredDocuments, digest_of
from gateway.http.requests import OperationRequest
from schema.model.errors import BadUserInput, CallerError, TryLater

QUERY = "{hello}"
OTHER = "query($n: String!) {hello(name: $n)}"
HASH = sha256(QUERY.encode()).hexdigest()
TRUSTED = {"board": QUERY, "3be4abb81fa595e25eb725b2c6a87508": OTHER}


class Shelf:
    """What other processes know, while it answers."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.asked = 0
        self.answers = True

    async def get(self, digest: str) -> str | None:
        """See ``DocumentShelf``."""
        self._ask()
        await asyncio.sleep(0)
        return self.texts.get(digest)

    async def put(self, digest: str, text: str) -> None:
        """See ``DocumentShelf``."""
        self._ask()
        self.texts[digest] = text

    def _ask(self) -> None:
        self.asked += 1
        if not self.answers:
            raise TryLater("away")


def apollo(digest: str, query: str | None = None) -> OperationRequest:
    """A request as Apollo's clients make it."""
    return OperationRequest.from_json({"query": query, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}})


def refusal(documents: RegisteredDocuments, request: OperationRequest) -> str | None:
    """The code with which a request is refused."""
    try:
        documents.written_out(request)
    except CallerError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": "board"},
        {"doc_id": "board"},
        {"documentId": f"sha256:{HASH}"},
        {"documentId": HASH},
        {"query": "", "documentId": "board"},
        {"query": None, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "board"}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
        {"query": QUERY, "documentId": "board"},
        {"query": QUERY, "documentId": f"sha256:{HASH}"},
    ],
    ids=str,
)
def test_a_trusted_document_is_found_under_its_id_and_its_hash_in_every_form(named: dict[str, object]) -> None:
    for only_trusted in (False, True):
        documents = RegisteredDocuments(Limits(), TRUSTED, only_trusted=only_trusted)

        assert documents.written_out(OperationRequest.from_json(named)).query == QUERY


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        ({"documentId": 7}, "documentId"),
        ({"doc_id": ""}, "doc_id"),
        ({"documentId": "x" * 129}, "documentId"),
        ({"documentId": "a", "doc_id": "a"}, "documentId"),
        ({"documentId": "a", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "a"}}}, "documentId"),
        ({"extensions": {"persistedQuery": 7}}, "persistedQuery"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": HASH}}}, "persistedQuery"),
        ({"extensions": {"persistedQuery": {"version": 1}}}, "sha256Hash"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": [HASH]}}}, "sha256Hash"),
        ({"extensions": {}}, "query"),
    ],
    ids=str,
)
def test_an_id_that_is_none_is_refused_by_its_name(value: dict[str, object], argument: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        OperationRequest.from_json(value)
    assert refused.value.argument == argument


def test_an_id_may_have_so_many_characters() -> None:
    assert OperationRequest.from_json({"documentId": "x" * 128}).document_id == "x" * 128


async def test_a_document_is_known_by_its_hash_from_the_moment_it_is_registered() -> None:
    documents = RegisteredDocuments(Limits())
    assert refusal(documents, apollo(HASH)) == "PERSISTED_QUERY_NOT_FOUND"

    await documents.register(apollo(HASH, QUERY))

    assert documents.written_out(apollo(HASH)).query == QUERY
    assert documents.written_out(OperationRequest.from_json({"documentId": f"sha256:{HASH}"})).query == QUERY


def test_what_is_not_found_is_said_in_the_words_that_clients_wait_for() -> None:
    with pytest.raises(CallerError, match=r"^PersistedQueryNotFound$"):
        RegisteredDocuments(Limits()).written_out(apollo(HASH))


@pytest.mark.parametrize("documents", [RegisteredDocuments(Limits()), RegisteredDocuments(Limits(), TRUSTED)])
@pytest.mark.parametrize("document_id", [HASH, f"sha256:{HASH}", HASH.upper(), "board", "x"])
def test_a_text_under_an_id_that_is_not_its_own_is_refused(documents: RegisteredDocuments, document_id: str) -> None:
    assert refusal(documents, OperationRequest(OTHER, document_id=document_id)) == "PERSISTED_QUERY_HASH_MISMATCH"


async def test_texts_are_kept_up_to_so_many_characters_and_the_least_lately_used_go_first() -> None:
    texts = [f"{{a{number}}}" for number in range(4)]
    documents = RegisteredDocuments(Limits(registered_characters=sum(map(len, texts[:3]))))
    for text in texts[:3]:
        await documents.register(apollo(digest_of(text), text))
    documents.written_out(apollo(digest_of(texts[0])))

    await documents.register(apollo(digest_of(texts[3]), texts[3]))

    known = [refusal(documents, apollo(digest_of(text))) is None for text in texts]
    assert known == [True, False, True, True]
    assert len(documents) == 3


async def test_one_that_is_registered_twice_counts_once() -> None:
    documents = RegisteredDocuments(Limits(registered_characters=len(QUERY)))
    for _ in range(3):
        await documents.register(apollo(HASH, QUERY))
    assert refusal(documents, apollo(HASH)) is None


async def test_another_process_knows_it_too() -> None:
    shelf = Shelf()
    here, there = (RegisteredDocuments(Limits(), shelf=shelf) for _ in range(2))
    await here.register(apollo(HASH, QUERY))

    await there.fetch(apollo(HASH))

    assert there.written_out(apollo(HASH)).query == QUERY
    asked = shelf.asked
    await there.fetch(apollo(HASH))
    assert shelf.asked == asked


async def test_what_two_requests_ask_for_at_once_counts_once() -> None:
    shelf = Shelf()
    await shelf.put(HASH, QUERY)
    documents = RegisteredDocuments(Limits(registered_characters=len(QUERY)), shelf=shelf)

    await asyncio.gather(documents.fetch(apollo(HASH)), documents.fetch(apollo(HASH)))

    assert refusal(documents, apollo(HASH)) is None


async def test_what_the_shelf_gives_is_held_against_the_hash() -> None:
    shelf = Shelf()
    shelf.texts[HASH] = OTHER
    documents = RegisteredDocuments(Limits(), shelf=shelf)

    await documents.fetch(apollo(HASH))

    assert refusal(documents, apollo(HASH)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_shelf_that_does_not_answer_costs_the_client_one_more_request_and_nothing_else() -> None:
    shelf = Shelf()
    shelf.answers = False
    documents = RegisteredDocuments(Limits(), shelf=shelf)

    await documents.fetch(apollo(HASH))
    assert refusal(documents, apollo(HASH)) == "PERSISTED_QUERY_NOT_FOUND"
    await documents.register(apollo(HASH, QUERY))

    assert documents.written_out(apollo(HASH)).query == QUERY


@pytest.mark.parametrize("document_id", ["x", "board", HASH.upper(), HASH[:-1], f"md5:{HASH}"])
async def test_the_shelf_is_asked_for_hashes_only(document_id: str) -> None:
    shelf = Shelf()
    await RegisteredDocuments(Limits(), TRUSTED, shelf).fetch(OperationRequest("", document_id=document_id))
    assert shelf.asked == 0


async def test_where_only_trusted_documents_run_no_other_does_and_nobody_registers_one() -> None:
    shelf = Shelf()
    documents = RegisteredDocuments(Limits(), TRUSTED, shelf, only_trusted=True)
    stranger = "{number(value: 1)}"
    shelf.texts[digest_of(stranger)] = stranger

    for request in (OperationRequest(stranger), apollo(digest_of(stranger), stranger), apollo(digest_of(stranger))):
        await documents.fetch(request)
        assert refusal(documents, request) == "PERSISTED_QUERY_NOT_IN_LIST"
    assert shelf.asked == 0
    assert documents.written_out(OperationRequest(OTHER)).query == OTHER


async def test_another_list_is_the_list_from_then_on_and_what_clients_registered_is_on_none() -> None:
    documents = RegisteredDocuments(Limits(), TRUSTED)
    stranger = "{number(value: 1)}"
    asked = apollo(digest_of(stranger))
    await documents.register(replace(asked, query=stranger))
    assert documents.written_out(asked).query == stranger

    documents.trust({"board": OTHER}, only=True)
    assert documents.written_out(OperationRequest("", document_id="board")).query == OTHER
    for request in (asked, OperationRequest(stranger), OperationRequest(QUERY), apollo(HASH)):
        assert refusal(documents, request) == "PERSISTED_QUERY_NOT_IN_LIST"

    documents.trust(TRUSTED, only=False)
    assert documents.written_out(apollo(HASH)).query == QUERY
    assert documents.written_out(OperationRequest(stranger)).query == stranger
    assert refusal(documents, asked) == "PERSISTED_QUERY_NOT_FOUND"


async def test_what_was_asked_before_another_list_came_registers_nothing_after_it() -> None:
    shelf = Shelf()
    documents = RegisteredDocuments(Limits(), TRUSTED, shelf)
    stranger = "{number(value: 1)}"
    shelf.texts[digest_of(stranger)] = stranger
    asked = apollo(digest_of(stranger))

    fetching = asyncio.create_task(documents.fetch(asked))
    while not shelf.asked:
        await asyncio.sleep(0)
    documents.trust(TRUSTED, only=True)
    await fetching
    await documents.register(replace(asked, query=stranger))

    assert refusal(documents, asked) == "PERSISTED_QUERY_NOT_IN_LIST"
    assert len(documents) == 0


def test_a_request_without_an_id_is_left_as_it_is() -> None:
    request = OperationRequest(QUERY, "A", {"n": 1})
    assert RegisteredDocuments(Limits()).written_out(request) is request
    asked = replace(request, query="", document_id="board")
    assert RegisteredDocuments(Limits(), TRUSTED).written_out(asked) == replace(request, document_id="board")


def test_a_request_tells_its_id_in_json_as_clients_write_it() -> None:
    text = json.loads('{"operationName":"A","variables":{},"extensions":{"clientLibrary":{"name":"@apollo/client"},'
                      f'"persistedQuery":{{"version":1,"sha256Hash":"{HASH}"}}}}}}')  # fmt: skip
    assert OperationRequest.from_json(text) == OperationRequest("", "A", {}, HASH)
