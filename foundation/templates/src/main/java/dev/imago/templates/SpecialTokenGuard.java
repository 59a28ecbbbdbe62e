package dev.imago.templates;

import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Keeps what users say from being read as special tokens when it is set into a template.
///
/// In every text of the variables, the first character of a special token's spelling gives way to a
/// stand-in from Unicode's private use area that no text holds; so it does at the end of a text,
/// where the spelling has only begun and the template might complete it. Special tokens are then
/// looked for, and between them the stand-ins become what they stood for. The template sees texts
/// of the same length and with the same blanks, so that trimming and the like do what they did.
final class SpecialTokenGuard {
  private static final char FIRST_STAND_IN = '\ue000';
  private static final char LAST_STAND_IN = '\uf8ff';

  /// Deeper than JSON that we read.
  private static final int MAX_DEPTH = 1000;

  /// Names of fields that templates ask for. They stay as they are even where a special token
  /// begins as they end; other names are whatever users make up.
  private static final Set<String> FIELDS =
      Set.of(
          "role",
          "content",
          "name",
          "type",
          "text",
          "id",
          "tool_calls",
          "tool_call_id",
          "function",
          "arguments",
          "description",
          "parameters",
          "properties",
          "required",
          "enum",
          "items",
          "title",
          "default",
          "return",
          "reasoning_content");

  private final Map<String, ?> variables;
  private final List<String> spellings;
  private final StringBuilder originals = new StringBuilder();
  private final StringBuilder standIns = new StringBuilder();

  /// @param variables as a template takes them
  SpecialTokenGuard(Tokenizer tokenizer, Map<String, ?> variables) {
    this.variables = variables;
    spellings = tokenizer.specialSpellings();
    var used = new BitSet();
    eachText(
        variables,
        text -> {
          text.chars().filter(c -> c >= FIRST_STAND_IN && c <= LAST_STAND_IN).forEach(used::set);
          return text;
        },
        0);
    int next = used.nextClearBit(FIRST_STAND_IN);
    for (String spelling : spellings) {
      if (originals.indexOf(spelling.substring(0, 1)) < 0) {
        if (next > LAST_STAND_IN) {
          throw new IllegalArgumentException(
              "the conversation uses every private use character; none is left to guard it with");
        }
        originals.append(spelling.charAt(0));
        standIns.append((char) next);
        next = used.nextClearBit(next + 1);
      }
    }
  }

  /// The variables with no special token's spelling in them.
  Map<String, @Nullable Object> disarmed() {
    return disarmed(variables);
  }

  /// The same of variables whose texts are among those that the guard was made of.
  Map<String, @Nullable Object> disarmed(Map<String, ?> some) {
    var safe = new LinkedHashMap<String, @Nullable Object>();
    some.forEach((name, value) -> safe.put(name, eachText(value, this::disarm, 1)));
    return safe;
  }

  /// The same value with every text in it changed.
  private static @Nullable Object eachText(
      @Nullable Object value, UnaryOperator<String> change, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "the variables are nested deeper than " + MAX_DEPTH + "; make them flatter");
    }
    return switch (value) {
      case String text -> change.apply(text);
      case Map<?, ?> map -> {
        var changed = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        map.forEach(
            (key, inner) ->
                changed.put(
                    key instanceof String name && !FIELDS.contains(name) ? change.apply(name) : key,
                    eachText(inner, change, depth + 1)));
        yield changed;
      }
      case Iterable<?> items -> {
        var changed = new ArrayList<@Nullable Object>();
        items.forEach(item -> changed.add(eachText(item, change, depth + 1)));
        yield changed;
      }
      case null, default -> value;
    };
  }

  private String disarm(String text) {
    var safe = new StringBuilder(text);
    String stripped = text.stripTrailing();
    for (String spelling : spellings) {
      for (int at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
        hide(safe, at);
      }
      for (int n = Math.min(spelling.length() - 1, text.length()); n > 0; n--) {
        String begun = spelling.substring(0, n);
        if (text.endsWith(begun)) {
          hide(safe, text.length() - n);
        }
        if (stripped.endsWith(begun)) {
          hide(safe, stripped.length() - n);
        }
      }
    }
    return safe.toString();
  }

  private void hide(StringBuilder text, int at) {
    int which = originals.indexOf(text.substring(at, at + 1));
    if (which >= 0) {
      text.setCharAt(at, standIns.charAt(which));
    }
  }

  String restore(String text) {
    for (int i = 0; i < standIns.length(); i++) {
      text = text.replace(standIns.charAt(i), originals.charAt(i));
    }
    return text;
  }
}
