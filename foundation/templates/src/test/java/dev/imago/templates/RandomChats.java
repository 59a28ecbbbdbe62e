package dev.imago.templates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Conversations by chance, in the shape of the OpenAI API: systems, tools, calls and results,
/// contents of several parts, empty and missing ones, in English, Chinese and emoji.
final class RandomChats {
  private static final List<String> TEXTS =
      List.of(
          "Hi there",
          " Be brief. \n",
          "2+2? {{ x }} {% if %}",
          "<b>'\"ok\"'</b> & \\n",
          "今天北京天气怎么样?",
          "👩‍👩‍👧‍👦 emoji 😀",
          "",
          "\n\nYes.\n",
          "<think>\nhm\n</think>\n\nFour.",
          "a\tb\r\nc\u2028d",
          "{\"k\": [1, 2.50, null]}");

  private final Random random;

  RandomChats(long seed) {
    random = new Random(seed);
  }

  @SafeVarargs
  private <T> T any(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private Object content() {
    return chance(85)
        ? text()
        : any(
            null,
            List.of(map("type", "text", "text", text())),
            List.of(
                map("type", "image", "image", "http://x/y.png"),
                map("type", "text", "text", text())),
            List.of());
  }

  private Map<String, Object> message(String role) {
    Map<String, Object> message = map("role", role, "content", content());
    if (role.equals("assistant") && chance(25)) {
      message.put("content", any(null, "", text()));
      var calls = new ArrayList<Object>();
      do {
        calls.add(
            map(
                "id", any("abcdefghi", "call_1"),
                "type", "function",
                "function",
                    map(
                        "name",
                        "weather",
                        "arguments",
                        chance(80)
                            ? map("place", text(), "days", 2, "f", 1.5, "n", null, "b", true)
                            : "{\"place\": \"Paris\"}")));
      } while (chance(20));
      message.put("tool_calls", calls);
    }
    if (role.equals("assistant") && chance(10)) {
      message.put("reasoning_content", text());
    }
    if (role.equals("tool")) {
      message.put("name", "weather");
      message.put("tool_call_id", any("abcdefghi", "call_1"));
      if (chance(20)) {
        message.put("content", map("temperature", 21.5, "sky", "晴"));
      }
    }
    return message;
  }

  private static Map<String, Object> tool(String name) {
    return map(
        "type",
        "function",
        "function",
        map(
            "name",
            name,
            "description",
            "Weather of a \"place\".",
            "parameters",
            map(
                "type", "object",
                "properties",
                    map(
                        "place", map("type", "string", "description", " Where? 哪里 "),
                        "days",
                            map(
                                "type",
                                "integer",
                                "description",
                                "How long",
                                "enum",
                                List.of(1, 2)),
                        "tags",
                            map(
                                "type",
                                "array",
                                "items",
                                map("type", "string"),
                                "description",
                                "x"),
                        "w", map("type", List.of("string", "null"), "description", "<any>")),
                "required", List.of("place")),
            "return",
            map("type", "string", "description", "Sky")));
  }

  /// What a template is rendered with.
  Map<String, Object> next() {
    var messages = new ArrayList<Object>();
    if (chance(40)) {
      messages.add(message("system"));
    }
    boolean orderly = chance(80);
    int turns = random.nextInt(6);
    for (int i = 0; i < turns; i++) {
      String role =
          orderly
              ? i % 2 == 0 ? "user" : "assistant"
              : any("user", "assistant", "tool", "system", "x");
      Map<String, Object> message = message(role);
      messages.add(message);
      if (message.containsKey("tool_calls") && chance(80)) {
        messages.add(message("tool"));
      }
    }
    Map<String, Object> variables = map("messages", messages);
    variables.put("add_generation_prompt", chance(50));
    if (chance(40)) {
      variables.put(
          "tools", chance(70) ? List.of(tool("weather")) : Arrays.asList(tool("a"), tool("b")));
    }
    if (chance(30)) {
      variables.put(any("enable_thinking", "tools_in_user_message", "thinking"), chance(50));
    }
    if (chance(20)) {
      variables.put("date_string", "26 Jul 2024");
    }
    if (chance(10)) {
      variables.put("builtin_tools", List.of("code_interpreter", "weather"));
    }
    if (chance(10)) {
      variables.put("documents", List.of(map("title", "t", "text", text())));
    }
    return variables;
  }
}
