package dev.imago.cli;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.TokenConstraint;
import dev.imago.core.ConfigException;
import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerParser;
import dev.imago.dialogue.AnswerPart;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.dialogue.FormConstraints;
import dev.imago.dialogue.OfferedTools;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Prompts;
import dev.imago.templates.ChatTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Answers of a model that may call tools: what its template is shown, what the answer is held to,
/// and how it is read.
final class ToolAnswers {
  private static final JsonMapper JSON = JsonMapper.shared();
  private final LanguageModel model;
  private final AnswerReading reading;
  private final Set<Integer> stopIds;
  private final ToolOptions.Offer offer;

  /// @param template the model's, or its adapter's
  /// @param stopIds the ids that end an answer: the model's, or its adapter's
  /// @throws ConfigException where it shows no tools
  ToolAnswers(
      LanguageModel model, ChatTemplate template, Set<Integer> stopIds, ToolOptions.Offer offer) {
    this.model = model;
    this.stopIds = stopIds;
    this.reading = AnswerReading.of(template, model.tokenizer());
    this.offer = offer;
    if (!template.mentions("tools")) {
      throw new ConfigException(
          "this model's chat template shows it no tools; leave --tools out, or name a model that"
              + " was made for them");
    }
  }

  /// The prompt: turns, with the tools before them as the template has it.
  ///
  /// @throws IllegalArgumentException where the template refuses them
  int[] prompt(Prompts prompts, List<Map<String, Object>> turns) {
    return prompts.chat(
        Map.of("messages", turns, "tools", offer.tools(), "add_generation_prompt", true));
  }

  /// What the answer is held to; null where it is free.
  ///
  /// @throws ConfigException for a schema of arguments that cannot be held to
  @Nullable TokenConstraint constraint(int[] prompt) {
    try {
      return new FormConstraints(reading.form(), model.tokenizer(), model::constrain, stopIds)
          .of(new AnswerRule(offer.mustCall(), offer.mayCall(), thinks(prompt), -1));
    } catch (ConstraintException e) {
      throw new ConfigException("--tools: " + e.getMessage(), e);
    }
  }

  private boolean thinks(int[] prompt) {
    return reading.thinksAfter(prompt, model.tokenizer());
  }

  /// One answer as it comes.
  final class Reader {
    private final AnswerParser parser;
    private final List<AnswerPart> parts = new ArrayList<>();
    private int told;

    Reader(int[] prompt) {
      this.parser = reading.parser(OfferedTools.of(offer.tools()), thinks(prompt));
    }

    /// Takes a token; gives what may be printed of it: text, or calls that are whole, a line each.
    String add(int id, String text) {
      return taken(reading.add(parser, id, text));
    }

    /// @param cutOff whether the answer was ended by its length
    String end(boolean cutOff) {
      return taken(parser.end(cutOff));
    }

    private String taken(List<AnswerPart> more) {
      var printed = new StringBuilder();
      for (AnswerPart part : more) {
        parts.add(part);
        if (part instanceof AnswerPart.Text(String text)) {
          printed.append(text);
        } else if (part instanceof AnswerPart.CallEnded) {
          printed.append(JSON.writeValueAsString(call(answer().calls().get(told++)))).append('\n');
        }
      }
      return printed.toString();
    }

    Answer answer() {
      return Answer.of(parts);
    }

    /// The calls as the OpenAI API has them in an answer, without ids.
    List<Map<String, Object>> calls() {
      var calls = new ArrayList<Map<String, Object>>();
      for (Answer.Call call : answer().calls()) {
        var function = new LinkedHashMap<String, Object>();
        function.put("name", call.name());
        function.put("arguments", call.arguments());
        var one = new LinkedHashMap<String, Object>();
        one.put("type", "function");
        one.put("function", function);
        calls.add(one);
      }
      return calls;
    }

    /// Such as `{"name": "rain", "arguments": {"days": 2}}`; arguments that are no JSON stay a
    /// text.
    private static Map<String, Object> call(Answer.Call call) {
      var line = new LinkedHashMap<String, Object>();
      line.put("name", call.name());
      try {
        line.put("arguments", JSON.readTree(call.arguments()));
      } catch (JacksonException e) {
        line.put("arguments", call.arguments());
      }
      if (!call.defect().isEmpty()) {
        line.put("defect", call.defect());
      }
      return line;
    }
  }
}
