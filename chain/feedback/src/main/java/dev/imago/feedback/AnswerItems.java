package dev.imago.feedback;

import dev.imago.annotation.TaskKind;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.data.AnswerKeeping;
import dev.imago.data.KeptAnswer;
import dev.imago.data.Rating;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Kept answers as items of an annotation project, by what its task asks: an answer to correct, two
/// or more to compare, a prompt to answer, or an answer to label. An item's id is the answer's, so
/// that none comes in twice; who asked is no part of it.
public final class AnswerItems {
  private static final JsonMapper JSON = JsonMapper.shared();

  private AnswerItems() {}

  /// Refuses what no answer is kept for.
  public static void checkReasons(List<String> reasons) {
    for (String reason : reasons) {
      if (!AnswerKeeping.RULES.contains(reason)) {
        throw new ConfigException(
            "«%s» is no rule that answers are kept by%s"
                .formatted(reason, Nearest.hint(reason, AnswerKeeping.RULES)));
      }
    }
  }

  /// A row of our own form for each item.
  ///
  /// @throws ConfigException for a task that answers are no items of
  public static List<ObjectNode> of(List<KeptAnswer> kept, TaskKind kind) {
    return switch (kind) {
      case CORRECTION -> kept.stream().map(one -> item(one).put("answer", one.answer())).toList();
      case COMPARISON -> compared(kept, 2);
      case RANKING -> compared(kept, Integer.MAX_VALUE);
      case TEXT -> kept.stream().map(AnswerItems::item).toList();
      case CHOICE, SEVERAL, SCALE, SPANS, TRANSLATION ->
          kept.stream().map(one -> item(one).put("text", one.answer())).toList();
      case ANSWER_SPAN ->
          throw new ConfigException(
              "the project's task is answer-span, and served answers have no text that answers"
                  + " stand in; take correction, comparison, choice, scale or spans");
    };
  }

  private static ObjectNode item(KeptAnswer one) {
    ObjectNode item = JSON.createObjectNode().put("id", one.completionId());
    item.put("prompt", prompt(one.messages()));
    ArrayNode reasons = item.putArray("kept");
    one.reasons().forEach(reasons::add);
    Double confidence = one.confidence();
    return confidence == null ? item : item.put("confidence", confidence);
  }

  /// What was asked, or the whole conversation, a turn a paragraph.
  private static String prompt(List<Rating.Message> messages) {
    return messages.size() == 1
        ? messages.getFirst().content()
        : messages.stream()
            .map(m -> m.role() + ": " + m.content())
            .collect(Collectors.joining("\n\n"));
  }

  /// Prompts that have several answers.
  private static List<ObjectNode> compared(List<KeptAnswer> kept, int most) {
    Map<List<Rating.Message>, List<KeptAnswer>> byPrompt = new LinkedHashMap<>();
    kept.forEach(one -> byPrompt.computeIfAbsent(one.messages(), _ -> new ArrayList<>()).add(one));
    var items = new ArrayList<ObjectNode>();
    for (List<KeptAnswer> answers : byPrompt.values()) {
      var texts = new LinkedHashSet<String>();
      answers.forEach(one -> texts.add(one.answer()));
      if (texts.size() > 1) {
        ObjectNode item = item(answers.getFirst());
        ArrayNode list = item.putArray("answers");
        texts.stream().limit(most).forEach(list::add);
        items.add(item);
      }
    }
    return items;
  }
}
