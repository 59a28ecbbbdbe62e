package dev.imago.vocabularies;

import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.TokenizerParts;
import dev.imago.tokenizers.json.Part;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import java.io.StringWriter;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// How texts are cut into the words that training counts, as encoding will cut them.
public sealed interface WordSplit {
  /// Bytes, cut by a pattern without a regex engine: for byte-level BPE. How digits are cut is a
  /// matter of the pattern: one by one ([SplitPattern#QWEN2]), by threes ([SplitPattern#LLAMA3]),
  /// not at all ([SplitPattern#GPT2]).
  ///
  /// @param pattern where text is cut
  record Bytes(SplitPattern pattern) implements WordSplit {}

  /// Characters, cut by the parts of any pipeline.
  ///
  /// @param normalizer changes the text first
  /// @param preTokenizer cuts it then
  record Characters(Normalizer normalizer, PreTokenizer preTokenizer) implements WordSplit {}

  /// Bytes, cut by a pattern.
  static WordSplit bytes(SplitPattern pattern) {
    return new Bytes(pattern);
  }

  /// Characters, cut by a pipeline.
  static WordSplit characters(Normalizer normalizer, PreTokenizer preTokenizer) {
    return new Characters(normalizer, preTokenizer);
  }

  /// Characters, cut by the parts that a `tokenizer.json` would have.
  ///
  /// ```java
  /// WordSplit.json("""
  ///     {"normalizer": {"type": "NFKC"}, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁"}}""");
  /// ```
  ///
  /// @param json an object with `normalizer` and `pre_tokenizer`, each of which may be missing
  /// @throws IllegalArgumentException naming the place that is broken and what is known
  static WordSplit json(String json) {
    Part parts;
    try {
      parts = new Part("the split", "", JsonMapper.shared().readTree(json));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the split is no JSON: " + e.getOriginalMessage(), e);
    }
    return new Characters(
        parts.has("normalizer") ? Normalizer.read(parts.part("normalizer")) : Normalizer.NONE,
        parts.has("pre_tokenizer")
            ? PreTokenizer.read(parts.part("pre_tokenizer"))
            : PreTokenizer.NONE);
  }

  /// As another tokenizer cuts text, to train one of its kind on other texts: bytes where it takes
  /// the fast path to them, else characters.
  static WordSplit like(Tokenizer other) {
    TokenizerParts parts = other.parts();
    Optional<SplitPattern> pattern = other.pattern();
    return pattern.isPresent() && parts.normalizer() == Normalizer.NONE
        ? new Bytes(pattern.get())
        : new Characters(parts.normalizer(), parts.preTokenizer());
  }

  /// What tells this split from others, on one line.
  default String description() {
    return switch (this) {
      case Bytes(SplitPattern pattern) -> "bytes " + String.join(" then ", pattern.regexes());
      case Characters(Normalizer normalizer, PreTokenizer pre) -> {
        var json = new StringWriter();
        try (JsonGenerator out =
            JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), json)) {
          out.writeStartArray();
          normalizer.write(out);
          pre.write(out);
          out.writeEndArray();
        }
        yield "characters " + json;
      }
    };
  }
}
