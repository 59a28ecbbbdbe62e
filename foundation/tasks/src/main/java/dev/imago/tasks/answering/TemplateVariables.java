package dev.imago.tasks.answering;

import dev.imago.data.Example;
import dev.imago.data.Example.Message;
import dev.imago.templates.ChatTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A conversation as a chat template takes it: what the server makes of a request that holds the
/// same.
///
/// A template that has no `tool_calls` is shown calls as what an assistant says, a JSON object a
/// line; one that has no `tools` is told of none.
public final class TemplateVariables {
  private TemplateVariables() {}

  /// Up to where the next answer begins.
  public static Map<String, Object> before(
      ChatTemplate template, List<Message> turns, List<Map<String, Object>> tools) {
    return of(template, turns, tools, true);
  }

  /// Up to where the last turn ends.
  static Map<String, Object> whole(ChatTemplate template, List<Message> turns, Example example) {
    return of(template, turns, example.tools(), false);
  }

  private static Map<String, Object> of(
      ChatTemplate template,
      List<Message> turns,
      List<Map<String, Object>> tools,
      boolean answering) {
    var variables = new LinkedHashMap<String, Object>();
    boolean calls = template.mentions("tool_calls");
    variables.put("messages", turns.stream().map(turn -> message(turn, calls)).toList());
    if (!tools.isEmpty() && template.mentions("tools")) {
      variables.put("tools", tools);
    }
    variables.put("add_generation_prompt", answering);
    return variables;
  }

  private static Map<String, Object> message(Message turn, boolean calls) {
    var message = new LinkedHashMap<String, Object>();
    message.put("role", turn.role());
    message.put("content", calls ? turn.content() : turn.said());
    if (calls && !turn.toolCalls().isEmpty()) {
      message.put("tool_calls", turn.toolCalls());
    }
    if (!turn.toolCallId().isEmpty()) {
      message.put("tool_call_id", turn.toolCallId());
    }
    if (!turn.name().isEmpty()) {
      message.put("name", turn.name());
    }
    return message;
  }
}
