package dev.imago.vocabularies;

import dev.imago.tokenizers.SplitPattern;

/// The kinds of tokenizers that are trained, each with what it usually has: where text is cut, and
/// the settings of its trainer, special tokens and the token of the unknown among them.
///
/// ```java
/// TokenizerKind kind = TokenizerKind.UNIGRAM;
/// try (var words = WordCounts.of(texts, kind.usualSplit(), counting, progress)) {
///   Tokenizer tokenizer = kind.usualSettings(8000).train(words, progress).tokenizer();
/// }
/// ```
public enum TokenizerKind {
  /// Byte-level BPE: any text, exactly, so that nothing is unknown. Cut as Qwen2 cuts, with
  /// ChatML's special tokens.
  BPE,
  /// Pieces of words and punctuation, as BERT's: lower case without accents, `##` inside words, and
  /// each Chinese character a word.
  WORDPIECE,
  /// A unigram model of pieces that know where words start, as T5's: NFKC, and `▁` for blanks.
  UNIGRAM,
  /// Whole words and what stands between them: NFC.
  WORDLEVEL;

  private static final String BERT =
      """
      {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": %b,
          "strip_accents": null, "lowercase": true},
       "pre_tokenizer": %s}\
      """;
  private static final String BERT_CUTS = "{\"type\": \"BertPreTokenizer\"}";
  private static final String PIECES =
      """
      {"normalizer": {"type": "NFKC"}, "pre_tokenizer": %s}\
      """;
  private static final String METASPACE =
      """
      {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}\
      """;
  private static final String WORDS =
      """
      {"normalizer": {"type": "NFC"}, "pre_tokenizer": %s}\
      """;
  private static final String WHITESPACE = "{\"type\": \"Whitespace\"}";
  private static final String CHINESE_FIRST =
      """
      {"type": "Sequence", "pretokenizers": [{"type": "ChineseWords"}, %s]}\
      """;

  /// Where text is cut.
  public WordSplit usualSplit() {
    return switch (this) {
      case BPE -> WordSplit.bytes(SplitPattern.QWEN2);
      case WORDPIECE -> WordSplit.json(BERT.formatted(true, BERT_CUTS));
      case UNIGRAM -> WordSplit.json(PIECES.formatted(METASPACE));
      case WORDLEVEL -> WordSplit.json(WORDS.formatted(WHITESPACE));
    };
  }

  /// The usual, but text is cut between the words of Chinese first, which have no blanks between
  /// them. The tokenizer's file says so (`ChineseWords`): whoever reads it does the same, or
  /// refuses it, as other software than ours does. Words are found by HanLP, which must be on the
  /// class path.
  ///
  /// @throws IllegalArgumentException for [#BPE], which makes no words, or when HanLP is missing
  public WordSplit splitOfChineseWords() {
    return switch (this) {
      case BPE ->
          throw new IllegalArgumentException(
              "byte-level BPE learns across the words of Chinese, and has no use for their borders;"
                  + " separate them for WordPiece, Unigram or WordLevel");
      case WORDPIECE -> WordSplit.json(BERT.formatted(false, CHINESE_FIRST.formatted(BERT_CUTS)));
      case UNIGRAM -> WordSplit.json(PIECES.formatted(CHINESE_FIRST.formatted(METASPACE)));
      case WORDLEVEL -> WordSplit.json(WORDS.formatted(CHINESE_FIRST.formatted(WHITESPACE)));
    };
  }

  /// What the trainer is usually told.
  ///
  /// @param vocabularySize tokens in all, special ones too
  /// @throws IllegalArgumentException when that is too few or too many
  public TrainerSettings usualSettings(int vocabularySize) {
    return switch (this) {
      case BPE -> BpeTrainer.Settings.of(vocabularySize);
      case WORDPIECE -> WordPieceTrainer.Settings.of(vocabularySize);
      case UNIGRAM -> UnigramTrainer.Settings.of(vocabularySize);
      case WORDLEVEL -> WordLevelTrainer.Settings.of(vocabularySize);
    };
  }
}
