package dev.imago.dialogue;

import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The tokens of what a form writes: its marks as tokens of their own where the vocabulary has
/// them, all else as text.
final class FormTokens {
  private final Tokenizer tokenizer;
  private final List<String> marks;

  FormTokens(Tokenizer tokenizer, AnswerForm form) {
    this.tokenizer = tokenizer;
    this.marks = form.marks();
  }

  /// A stretch: a mark's token, or a text.
  ///
  /// @param id −1 of a text
  record Stretch(int id, String text) {}

  List<Stretch> stretches(String text) {
    var stretches = new ArrayList<Stretch>();
    int from = 0;
    for (int at = 0; at < text.length(); ) {
      String mark = markAt(text, at);
      if (mark == null) {
        at++;
        continue;
      }
      if (at > from) {
        stretches.add(new Stretch(-1, text.substring(from, at)));
      }
      stretches.add(new Stretch(tokenizer.id(mark).orElseThrow(), mark));
      at += mark.length();
      from = at;
    }
    if (from < text.length()) {
      stretches.add(new Stretch(-1, text.substring(from)));
    }
    return stretches;
  }

  private @Nullable String markAt(String text, int at) {
    for (String mark : marks) {
      OptionalInt id = tokenizer.id(mark);
      if (!mark.isEmpty() && id.isPresent() && text.startsWith(mark, at)) {
        return mark;
      }
    }
    return null;
  }

  /// All ids but some, as bits.
  long[] but(Set<Integer> some) {
    var all = new long[(size() + 63) >>> 6];
    for (int id = 0; id < size(); id++) {
      if (!some.contains(id)) {
        all[id >>> 6] |= 1L << id;
      }
    }
    return all;
  }

  int[] ids(String text) {
    return stretches(text).stream()
        .flatMapToInt(
            s -> s.id < 0 ? IntStream.of(tokenizer.encodeOrdinary(s.text)) : IntStream.of(s.id))
        .toArray();
  }

  /// What a token says, control tokens by their spelling.
  String text(int id) {
    return id < tokenizer.vocabularySize() ? tokenizer.decode(new int[] {id}, false) : "";
  }

  /// What a token adds to an answer's text, as bytes; control tokens nothing.
  byte[] said(int id) {
    return tokenizer.special(id) || tokenizer.token(id).isEmpty()
        ? new byte[0]
        : tokenizer.bytes(id);
  }

  /// A guard of texts from spelling a mark; none where it is a control token, which no text spells.
  Optional<SpelledMark> guard(int id) {
    return tokenizer.special(id)
        ? Optional.empty()
        : Optional.of(new SpelledMark(this, id, tokenizer.token(id)));
  }

  int size() {
    return tokenizer.vocabularySize();
  }
}
