package dev.imago.tasks.answering;

import dev.imago.data.Example;
import dev.imago.data.Example.Message;
import dev.imago.templates.ChatTemplate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A conversation as a chat template takes it: what the server makes of a request that holds the
/// same.
///
/// Some templates want an id of every call, and many data sets have none: calls without one are
/// numbered, and the turns of tools behind them answer them in their order.
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
    List<Map<String, Object>> messages = turns.stream().map(turn -> message(turn, calls)).toList();
    variables.put("messages", calls ? numbered(messages) : messages);
    if (!tools.isEmpty() && template.mentions("tools")) {
      variables.put("tools", tools);
    }
    variables.put("add_generation_prompt", answering);
    return variables;
  }

  private static List<Map<String, Object>> numbered(List<Map<String, Object>> messages) {
    Deque<String> unanswered = new ArrayDeque<>();
    int made = 0;
    for (Map<String, Object> message : messages) {
      if (message.get("tool_calls") instanceof List<?> calls) {
        unanswered.clear();
        var named = new ArrayList<Map<Object, Object>>();
        for (Object call : calls) {
          var one = new LinkedHashMap<Object, Object>();
          if (call instanceof Map<?, ?> fields) {
            one.putAll(fields);
          }
          String number = "call%05d".formatted(made++); // nine letters and digits: Mistral's form
          one.putIfAbsent("id", number);
          unanswered.add(String.valueOf(one.get("id")));
          named.add(one);
        }
        message.put("tool_calls", named);
      } else if ("tool".equals(message.get("role"))) {
        String next = unanswered.poll();
        if (next != null) {
          message.putIfAbsent("tool_call_id", next);
        }
      }
    }
    return messages;
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
