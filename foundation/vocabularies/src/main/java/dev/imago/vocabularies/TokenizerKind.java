package dev.imago.vocabularies;

import dev.imago.regex.OnigRegex;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.normalizers.BertNormalizer;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.normalizers.UnicodeNormalizer;
import dev.imago.tokenizers.pretokenizers.Behavior;
import dev.imago.tokenizers.pretokenizers.ChineseWords;
import dev.imago.tokenizers.pretokenizers.MetaspacePreTokenizer;
import dev.imago.tokenizers.pretokenizers.PlainPreTokenizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import dev.imago.tokenizers.pretokenizers.SplitPreTokenizer;
import java.text.Normalizer.Form;
import java.util.List;

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
  /// PieceTable of words and punctuation, as BERT's: lower case without accents, `##` inside words,
  /// and each Chinese character a word.
  WORDPIECE,
  /// A unigram model of pieces that know where words start, as T5's: NFKC, and `▁` for blanks.
  UNIGRAM,
  /// Whole words and what stands between them: NFC.
  WORDLEVEL,
  /// Each character a token, blanks and line ends too; any text of known characters, exactly.
  CHARACTER;

  /// Cuts between all characters, and is known by what it is: its decoder puts nothing between
  /// them.
  static final PreTokenizer EACH_CHARACTER =
      new SplitPreTokenizer(
          new SplitPreTokenizer.Pattern.Regex(OnigRegex.compile("[\\s\\S]")),
          Behavior.ISOLATED,
          false);

  /// The mark that stands for a blank.
  private static final int BLOCK = '▁';

  /// Where text is cut.
  public WordSplit usualSplit() {
    return switch (this) {
      case BPE -> WordSplit.bytes(SplitPattern.QWEN2);
      case WORDPIECE, UNIGRAM, WORDLEVEL, CHARACTER ->
          WordSplit.characters(normalizer(this == WORDPIECE), preTokenizer());
    };
  }

  /// The usual, but text is cut between the words of Chinese first, which have no blanks between
  /// them. The tokenizer's file says so (`ChineseWords`): whoever reads it does the same, or
  /// refuses it, as other software than ours does. Words are found by HanLP, which must be on the
  /// class path.
  ///
  /// @throws IllegalArgumentException for [#BPE] and [#CHARACTER], which make no words, or when
  ///   HanLP is missing
  public WordSplit splitOfChineseWords() {
    return switch (this) {
      case BPE ->
          throw new IllegalArgumentException(
              "byte-level BPE learns across the words of Chinese, and has no use for their borders;"
                  + " separate them for WordPiece, Unigram or WordLevel");
      case CHARACTER ->
          throw new IllegalArgumentException(
              "a tokenizer of single characters has no use for the borders of Chinese words;"
                  + " separate them for WordPiece, Unigram or WordLevel");
      case WORDPIECE, UNIGRAM, WORDLEVEL ->
          WordSplit.characters(
              normalizer(false),
              PreTokenizer.inSequence(List.of(ChineseWords.ofHanLp(), preTokenizer())));
    };
  }

  /// @param eachCharacter whether each Chinese character is a word of its own, for the kind that
  ///   asks
  private Normalizer normalizer(boolean eachCharacter) {
    return switch (this) {
      case BPE, CHARACTER -> Normalizer.NONE;
      case WORDPIECE -> new BertNormalizer(true, eachCharacter, null, true);
      case UNIGRAM -> new UnicodeNormalizer(Form.NFKC);
      case WORDLEVEL -> new UnicodeNormalizer(Form.NFC);
    };
  }

  private PreTokenizer preTokenizer() {
    return switch (this) {
      case BPE -> PreTokenizer.NONE;
      case WORDPIECE -> PlainPreTokenizer.BERT;
      case UNIGRAM -> new MetaspacePreTokenizer(BLOCK, MetaspacePreTokenizer.Prepend.ALWAYS, true);
      case WORDLEVEL -> PlainPreTokenizer.WHITESPACE;
      case CHARACTER -> EACH_CHARACTER;
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
      case WORDLEVEL, CHARACTER -> WordLevelTrainer.Settings.of(vocabularySize);
    };
  }
}
