package dev.imago.tokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// What SentencePiece's normalisation a `tokenizer.json` spells out in its normalizers and
/// pre-tokenizers, in the several ways that converters write it.
///
/// @param charsMap the table of `Precompiled`, empty for none
/// @param removesExtra whether all but one of several blanks go
/// @param strips whether blanks at the ends of a text go, in a step of its own
/// @param prefix what is put before a text, empty for nothing
/// @param split whether the text is cut before each `▁`
record SentencePieceShape(
    byte[] charsMap, boolean removesExtra, boolean strips, String prefix, boolean split) {
  private static final String BLOCK = "▁";

  /// White space that texts have, besides the blank.
  private static final char[] BLANKS = {'\t', '\n', '\r', '\u00a0', '\u3000'};

  /// @param cannot makes the complaint about a part that has no place here
  static SentencePieceShape of(
      TokenizerParts parts, Function<String, IllegalArgumentException> cannot) {
    Deque<JsonNode> normalizers = new ArrayDeque<>(steps(parts.normalizer()::write, "normalizers"));
    byte[] charsMap = {};
    boolean removes = false;
    boolean strips = false;
    String prefix = "";
    boolean escaped = false;
    if (is(normalizers.peek(), "Precompiled")) {
      charsMap =
          Base64.getDecoder()
              .decode(normalizers.remove().path("precompiled_charsmap").asString(""));
    }
    while (!normalizers.isEmpty()) {
      JsonNode step = normalizers.remove();
      String regex = step.path("pattern").path("Regex").asString("");
      String text = step.path("pattern").path("String").asString("");
      String content = step.path("content").asString("");
      boolean blank = content.equals(" ") || content.equals(BLOCK);
      if (is(step, "Prepend") && prefix.isEmpty()) {
        String put = step.path("prepend").asString("");
        prefix = escaped ? put : put.replace(" ", BLOCK);
      } else if (is(step, "Replace") && regex.equals(" {2,}") && blank) {
        removes = true;
      } else if (is(step, "Replace") && text.equals(" ") && content.equals(BLOCK)) {
        escaped = true;
      } else if (is(step, "Strip")
          || is(step, "Replace") && regex.equals("^ +| +$") && content.isEmpty()) {
        strips = true;
      } else {
        throw cannot.apply("the normalizer " + step.path("type").asString("") + " at this place");
      }
    }
    boolean split = false;
    for (JsonNode step : steps(parts.preTokenizer()::write, "pretokenizers")) {
      String pattern =
          step.path("pattern")
              .path("String")
              .asString(step.path("pattern").path("Regex").asString(""));
      if (is(step, "WhitespaceSplit") && !escaped) {
        for (char blank : BLANKS) {
          String made = parts.normalizer().apply(AlignedText.ofUntracked("a" + blank + "a")).text();
          if (!made.equals("a a") && !made.equals("aa")) {
            throw cannot.apply(
                "WhitespaceSplit where U+%04X does not become a blank before"
                    .formatted((int) blank));
          }
        }
        removes = true;
        split = true;
      } else if (is(step, "Split") && escaped && pattern.equals(" ")) {
        // There are no blanks left to split at.
        continue;
      } else if (is(step, "Metaspace")
          && !escaped
          && step.path("replacement").asString("").equals(BLOCK)) {
        escaped = true;
        split |= step.path("split").asBoolean(true);
        prefix = step.path("prepend_scheme").asString("always").equals("never") ? prefix : BLOCK;
      } else {
        throw cannot.apply(
            "the pre-tokenizer " + step.path("type").asString("") + " at this place");
      }
    }
    if (!escaped) {
      throw cannot.apply("blanks that do not become ▁");
    }
    return new SentencePieceShape(charsMap, removes, strips, prefix, split);
  }

  /// llama.cpp does not cut at blanks: no token may be of two words.
  void requireWordsApart(
      Collection<String> tokens, Function<String, IllegalArgumentException> cannot) {
    if (split) {
      for (String token : tokens) {
        if (token.indexOf(BLOCK, 1) > 0) {
          throw cannot.apply(
              "the token «" + token + "» of several words, before which text is cut");
        }
      }
    }
  }

  private static boolean is(@Nullable JsonNode step, String type) {
    return step != null && step.path("type").asString("").equals(type);
  }

  /// A part's steps as they are written, sequences within sequences laid flat.
  static List<JsonNode> steps(Consumer<JsonGenerator> writes, String list) {
    var all = new ArrayList<JsonNode>();
    flatten(TokenizerJson.tree(writes), list, all);
    return all;
  }

  private static void flatten(JsonNode part, String list, List<JsonNode> all) {
    if (is(part, "Sequence")) {
      part.path(list).forEach(p -> flatten(p, list, all));
    } else if (part.isObject()) {
      all.add(part);
    }
  }
}
