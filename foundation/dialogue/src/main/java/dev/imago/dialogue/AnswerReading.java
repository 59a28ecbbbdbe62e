package dev.imago.dialogue;

import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// How one model's answers are read: their form, and which of its marks are tokens of their own.
///
/// @param controls the marks by the ids of their control tokens
public record AnswerReading(AnswerForm form, Map<Integer, String> controls) {
  /// All is text.
  public static final AnswerReading PLAIN = new AnswerReading(AnswerForm.PLAIN, Map.of());

  /// Ids at a prompt's end in which the opening of thoughts is looked for.
  private static final int TAIL = 16;

  public AnswerReading {
    controls = Map.copyOf(controls);
  }

  /// Of a model's template and vocabulary.
  public static AnswerReading of(ChatTemplate template, Tokenizer tokenizer) {
    AnswerForm form = AnswerForm.of(template);
    return new AnswerReading(form, form.controls(tokenizer));
  }

  /// Whether a prompt ends with the opening of thoughts, which the answer goes on with.
  public boolean thinksAfter(int[] prompt, Tokenizer tokenizer) {
    int[] tail = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - TAIL), prompt.length);
    return form.thinksAfter(tokenizer.decode(tail, false));
  }

  /// A parser of one answer, fed by [#add].
  public AnswerParser parser(OfferedTools tools, boolean thinking) {
    var apart = new HashSet<>(controls.values());
    form.calls().inner().forEach(apart::remove);
    return new AnswerParser(form, tools, apart, thinking);
  }

  /// The same with thoughts left in the text, between their tags, where a form has tags.
  public AnswerReading withThoughtsInText() {
    return new AnswerReading(new AnswerForm(form.calls(), null), controls);
  }

  /// Gives a parser one token.
  ///
  /// @param text what the token completes of the answer's text; control tokens have none
  public List<AnswerPart> add(AnswerParser parser, int id, String text) {
    String mark = controls.get(id);
    var parts = parser.add(text);
    if (mark == null) {
      return parts;
    }
    var all = new ArrayList<>(parts);
    all.addAll(parser.mark(mark));
    return all;
  }
}
