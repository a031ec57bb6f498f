"""Programs with contrib.learn's VocabularyProcessor and its vocabulary."""

TEXTS = ["The cat sat", "the cat sat on the mat", "DNNClassifier isn't a_b HTTPServer x-y 3.5", ""]


def learn(tf):
    return tf.contrib.learn.preprocessing


def words(tf):
    tokenizer = tf.contrib.learn.preprocessing.tokenizer
    texts = [*TEXTS, "été naïve", "ABCd ABC aBC A", "tabs\tand\nlines", "(a)[b]{c}"]
    return {"words": [list(found) for found in tokenizer(texts)]}


def rows(tf):
    processor = learn(tf).VocabularyProcessor(5)
    learned = [row.tolist() for row in processor.fit_transform(TEXTS)]
    more = [row.tolist() for row in processor.transform(["mat on an unknown cat hat", "x"])]
    return {
        "learned": learned,
        "more": more,
        "size": len(processor.vocabulary_),
        "dtype": str(next(iter(processor.transform(["a"]))).dtype),
        "back": list(processor.reverse([[1, 2, 3, 0], [], [5]])),
    }


def frequent(tf):
    processor = learn(tf).VocabularyProcessor(4, min_frequency=1)
    texts = ["b a b c", "c b d a", "e"]
    learned = [row.tolist() for row in processor.fit_transform(texts)]
    return {"learned": learned, "words": list(processor.reverse([range(4)]))}


def trimmed(tf):
    found = {}
    for least, most in [(0, -1), (1, -1), (2, -1), (0, 3), (1, 3), (0, 1), (9, -1), (0, 0)]:
        vocabulary = learn(tf).CategoricalVocabulary()
        for word, count in [("d", 1), ("a", 3), ("c", 2), ("b", 3), ("e", 5)]:
            vocabulary.add(word, count)
        vocabulary.trim(least, most)
        kept = [vocabulary.reverse(number) for number in range(len(vocabulary))]
        found["%d to %d" % (least, most)] = kept
    return found


def frozen(tf):
    vocabulary = learn(tf).CategoricalVocabulary()
    ids = [vocabulary.get(word) for word in ["a", "b", "a"]]
    vocabulary.freeze()
    ids += [vocabulary.get(word) for word in ["a", "c"]]
    vocabulary.add("c")
    vocabulary.freeze(False)
    ids += [vocabulary.get(word) for word in ["c", "<UNK>"]]
    return {"ids": ids, "size": len(vocabulary), "unknown": vocabulary.reverse(0)}


def unknown_by_another_name(tf):
    vocabulary = learn(tf).CategoricalVocabulary(unknown_token="?")
    vocabulary.add("?", 7)
    vocabulary.add("a", 2)
    vocabulary.trim(1)
    return {"words": [vocabulary.reverse(number) for number in range(len(vocabulary))]}


def one_way(tf):
    vocabulary = learn(tf).CategoricalVocabulary(support_reverse=False)
    vocabulary.add("a")
    try:
        vocabulary.reverse(1)
    except ValueError:
        return {"refused": [len(vocabulary), vocabulary.get("a")]}
    return {}


def given_vocabulary_and_tokenizer(tf):
    vocabulary = learn(tf).CategoricalVocabulary()
    vocabulary.get("y")

    def letters(texts):
        for text in texts:
            yield list(text)

    processor = learn(tf).VocabularyProcessor(3, vocabulary=vocabulary, tokenizer_fn=letters)
    same = processor.fit(["xy", "zzz"]) is processor
    learned = [row.tolist() for row in processor.transform(["xyzy", "q"])]
    shared = processor.vocabulary_ is vocabulary
    return {"learned": learned, "flags": [same, shared], "length": processor.max_document_length}


def an_empty_vocabulary_that_is_given(tf):
    vocabulary = learn(tf).CategoricalVocabulary(unknown_token="?")
    processor = learn(tf).VocabularyProcessor(3, vocabulary=vocabulary)
    return {"same": [processor.vocabulary_ is vocabulary]}


def beyond_the_words(tf):
    processor = learn(tf).VocabularyProcessor(3)
    processor.fit(["a b"])
    try:
        return {"texts": list(processor.reverse([[7]]))}
    except Exception as error:
        return {"error": type(error).__name__}


PROGRAMS = {
    "an_empty_vocabulary_that_is_given": an_empty_vocabulary_that_is_given,
    "beyond_the_words": beyond_the_words,
    "frequent": frequent,
    "frozen": frozen,
    "given_vocabulary_and_tokenizer": given_vocabulary_and_tokenizer,
    "one_way": one_way,
    "rows": rows,
    "trimmed": trimmed,
    "unknown_by_another_name": unknown_by_another_name,
    "words": words,
}
