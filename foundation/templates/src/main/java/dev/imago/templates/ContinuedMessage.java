package dev.imago.templates;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds where a conversation's last message ends in a template's text, by a mark that is set after
/// it: how transformers 5 continues a message.
final class ContinuedMessage {
  private static final String MARK = "CONTINUE_FINAL_MESSAGE_TAG ";

  private final Map<String, @Nullable Object> variables;
  private final String text;

  /// @param jinja of the template, which must look at a message's content
  ContinuedMessage(String jinja, Map<String, ?> variables) {
    if (!jinja.contains("content")) {
      throw new IllegalArgumentException(
          "the chat template shows no message's content, so none can be continued");
    }
    if (!(variables.get("messages") instanceof List<?> messages)
        || messages.isEmpty()
        || !(messages.getLast() instanceof Map<?, ?> last)) {
      throw new IllegalArgumentException(
          "there is no last message to continue; «messages» wants a list of maps");
    }
    var marked = new LinkedHashMap<Object, @Nullable Object>(last);
    switch (last.get("content")) {
      case String content -> {
        text = content;
        marked.put("content", content + MARK);
      }
      case List<?> parts -> {
        int at = lastText(parts);
        var part = new LinkedHashMap<Object, @Nullable Object>((Map<?, ?>) parts.get(at));
        text = String.valueOf(part.get("text"));
        part.put("text", text + MARK);
        var all = new ArrayList<@Nullable Object>(parts);
        all.set(at, part);
        marked.put("content", all);
      }
      case null, default -> throw nothing();
    }
    var all = new ArrayList<@Nullable Object>(messages);
    all.set(all.size() - 1, marked);
    this.variables = new LinkedHashMap<>(variables);
    this.variables.put("messages", all);
  }

  private static int lastText(List<?> parts) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (parts.get(i) instanceof Map<?, ?> part && part.get("text") instanceof String) {
        return i;
      }
    }
    throw nothing();
  }

  private static IllegalArgumentException nothing() {
    return new IllegalArgumentException(
        "the last message has no text as its «content», so there is nothing to continue");
  }

  /// What is to be rendered.
  Map<String, @Nullable Object> variables() {
    return variables;
  }

  /// What was rendered, up to the end of the message.
  String cut(String rendered) {
    int at = rendered.lastIndexOf(MARK.strip());
    if (at < 0 || !rendered.contains(text.strip())) {
      throw new IllegalArgumentException(
          "the chat template does not show the last message as it is, so it cannot be continued");
    }
    // Where the template trims the message, the blank of the mark is gone, and the message's own
    // blanks before it must go as well.
    return rendered.startsWith(MARK, at)
        ? rendered.substring(0, at)
        : rendered.substring(0, at).stripTrailing();
  }
}
