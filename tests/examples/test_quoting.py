"""The sample application answers with the sentences that fit the question."""

from examples.rag_app import Application, assemble, quote, sentences_of

PASSAGES = [
    {
        "chunk_id": "a",
        "title": "Pet Health Policy",
        "version_number": 2,
        "text": "## 2. Waiting periods\n\nNo claim can be made for an illness whose first signs "
        "appear within 30 days of the start. The waiting periods begin at midnight.",
    },
    {
        "chunk_id": "b",
        "title": "Pet Health Policy",
        "version_number": 2,
        "text": "| Treatment | Limit |\n|---|---|\n| Physiotherapy | £500 |\n\nYou pay the first "
        "£99 of each condition in each period of insurance.",
    },
]


def test_the_best_sentence_is_quoted_with_its_passage_number() -> None:
    answer = quote("When can a claim for an illness be made?", PASSAGES, sentences=1)
    assert answer.text == (
        "No claim can be made for an illness whose first signs appear within 30 days of the"
        " start [1]."
    )


def test_a_citation_spans_the_sentence_that_rests_on_it() -> None:
    answer = quote("Which part of a condition do I pay first?", PASSAGES, sentences=2)
    first = answer.citations[0]
    assert first["chunk_id"] == "b"
    assert answer.text[first["start"] : first["end"]].startswith("You pay the first £99")


def test_passages_without_a_fitting_sentence_give_no_answer() -> None:
    answer = quote("Zeppelins?", PASSAGES, sentences=2)
    assert answer.text == "The passages do not answer this question."
    assert answer.citations == []


def test_headings_and_table_rows_are_no_sentences() -> None:
    assert sentences_of(PASSAGES[1]["text"]) == [  # type: ignore[arg-type]
        "You pay the first £99 of each condition in each period of insurance."
    ]


def test_the_prompt_holds_each_passage_word_for_word() -> None:
    application = Application(instructions="Answer.", template={"name": "t", "version": "1"})
    earlier = [{"role": "user", "content": "Hello"}]
    messages = assemble(application, "Why?", PASSAGES, earlier=earlier)
    assert [message["role"] for message in messages] == ["system", "user", "user"]
    assert all(str(passage["text"]) in messages[-1]["content"] for passage in PASSAGES)
