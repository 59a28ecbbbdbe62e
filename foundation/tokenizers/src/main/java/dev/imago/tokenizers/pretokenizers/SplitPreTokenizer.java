package dev.imago.tokenizers.pretokenizers;

import dev.imago.regex.OnigRegex;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `Split`: cuts where a pattern matches; with `invert`, where it does not.
///
/// The pattern is open to whoever knows a faster way to the same pieces.
public record SplitPreTokenizer(Pattern pattern, Behavior behavior, boolean invert)
    implements PreTokenizer {
  /// What is looked for.
  public sealed interface Pattern {
    /// A text as it stands.
    record Literal(String string) implements Pattern {}

    /// A regular expression.
    record Regex(OnigRegex regex) implements Pattern {}
  }

  static SplitPreTokenizer read(Part part) {
    Part given = part.part("pattern");
    boolean isRegex = given.has("Regex");
    if (isRegex == given.has("String") || given.node().size() != 1) {
      throw given.complaint(
          given.path() + " needs either \"String\" or \"Regex\", and nothing beside it");
    }
    Pattern pattern;
    if (isRegex) {
      String regex = given.string("Regex");
      try {
        pattern = new Pattern.Regex(OnigRegex.compile(regex));
      } catch (IllegalArgumentException e) {
        throw given.complaint(given.path() + ": " + e.getMessage());
      }
    } else {
      pattern = new Pattern.Literal(given.string("String"));
    }
    return new SplitPreTokenizer(
        pattern,
        Behavior.of(part.word("behavior", Behavior.fileNames(), "")),
        required(part, "invert"));
  }

  static boolean required(Part part, String name) {
    if (!part.has(name)) {
      throw part.wrong(name, part.node().path(name), "true or false");
    }
    return part.bool(name, false);
  }

  @Override
  public void split(AlignedText text, Consumer<AlignedText> pieces) {
    if (text.isEmpty()) {
      return;
    }
    Behavior.Cutter cutter = behavior.cutter(text, invert, pieces);
    switch (pattern) {
      case Pattern.Literal(String string) -> literal(text.text(), string, cutter);
      case Pattern.Regex(OnigRegex regex) -> regex.findAll(text.text(), cutter::delimiter);
    }
    cutter.done();
  }

  private static void literal(String text, String string, Behavior.Cutter cutter) {
    if (string.isEmpty()) {
      // Nothing is found before each character and at the end.
      for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
        cutter.delimiter(i, i);
      }
      cutter.delimiter(text.length(), text.length());
      return;
    }
    int at = text.indexOf(string);
    while (at >= 0) {
      cutter.delimiter(at, at + string.length());
      at = text.indexOf(string, at + string.length());
    }
  }

  @Override
  public Optional<String> regex() {
    // Removing what the pattern leaves over is the same, for patterns that leave nothing.
    boolean whole =
        behavior == Behavior.ISOLATED && !invert || behavior == Behavior.REMOVED && invert;
    return whole && pattern instanceof Pattern.Regex(OnigRegex regex)
        ? Optional.of(regex.pattern())
        : Optional.empty();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Split");
    out.writeObjectPropertyStart("pattern");
    switch (pattern) {
      case Pattern.Literal(String string) -> out.writeStringProperty("String", string);
      case Pattern.Regex(OnigRegex regex) -> out.writeStringProperty("Regex", regex.pattern());
    }
    out.writeEndObject();
    out.writeStringProperty("behavior", behavior.fileName());
    out.writeBooleanProperty("invert", invert);
    out.writeEndObject();
  }
}
