package dev.imago.templates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatTemplateTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-07-26T09:05:07Z"), ZoneOffset.UTC);

  private static String render(String template) {
    return ChatTemplate.of(template, Map.of("bos_token", "<s>"), CLOCK).render(Map.of());
  }

  @Test
  void chatmlIsWrittenAsItsAuthorsDefineIt() {
    List<ChatMessage> messages =
        List.of(
            new ChatMessage("system", "Be brief."),
            new ChatMessage("user", "  2 + 2?\n"),
            new ChatMessage("assistant", "4"));
    String expected =
        "<|im_start|>system\nBe brief.<|im_end|>\n"
            + "<|im_start|>user\n  2 + 2?\n<|im_end|>\n"
            + "<|im_start|>assistant\n4<|im_end|>\n";
    assertEquals(expected, ChatTemplate.chatml().render(messages, false));
    assertEquals(
        expected + "<|im_start|>assistant\n", ChatTemplate.chatml().render(messages, true));
  }

  @Test
  void whatAUserSaysIsNeverReadAsJinja() {
    String hostile = "{{ messages }}{% for x in y %}{# no #}";
    assertEquals(
        "<|im_start|>user\n" + hostile + "<|im_end|>\n",
        ChatTemplate.chatml().render(List.of(new ChatMessage("user", hostile)), false));
  }

  /// Expected values are those that Jinja2 gives with transformers' settings.
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      ignoreLeadingAndTrailingWhitespace = true,
      quoteCharacter = '`',
      value = {
        "{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 10 / 4 }} → 7 3 2 2.5",
        "{{ 0.0001 }} {{ 1e2 }} {{ 1e-5 }} {{ 1e16 }} {{ 2.50 }} → 0.0001 100.0 1e-05 1e+16 2.5",
        "{{ 'a' + ' b ' | trim + 'c' }} → abc",
        "{% for i in [1, 2, 3] if i != 2 %}{{ loop.index }}{{ i }}{% endfor %} → 1123",
        "{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }} → 21",
        "{% set n = namespace(a=1) %}{% for i in [1] %}{% set n.a = 5 %}{% endfor %}{{ n.a }} → 5",
        "{% macro m(a, b='z') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b=2) }} → 1z12",
        "{{ 'abc'[1:] }}{{ 'abc'[-1] }}{{ [1, 2, 3][::-1] }} → bcc[3, 2, 1]",
        "{{ {'a': [1, none, true]} | tojson }} → `{\"a\": [1, null, true]}`",
        "{{ x is defined }} {{ x }} {{ x | default('d') }} → False  d",
        "{{ [{'r': 1}, {'r': 2}] | selectattr('r', 'equalto', 2) | list }} → [{'r': 2}]",
        "{% for i in [1, 2, 3] %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %} → 1",
        "{{ 1 < 2 < 3 }} {{ 'a' not in 'abc' }} {{ none is none }} → True False True",
        "{{ 'a,b'.split(',') | join(';') }} {{ 'abc'.startswith('a') }} → a;b True",
        "{{ bos_token }}{{ 'é😀' | length }} → <s>2",
        "{{ strftime_now('%d %b %Y %H:%M:%S') }} → 26 Jul 2024 09:05:07",
      })
  void expressionsMeanWhatTheyMeanInPython(String template, String expected) {
    assertEquals(expected, render(template));
  }

  @Test
  void blanksAroundBlocksGoAsTransformersSettingsHaveIt() {
    assertEquals("a\n  \n b\nc", render("a\n  {% if true %}  \n b\n  {% endif %}\nc\n"));
    assertEquals("xy\n", render("  {%- if true -%}  x  {%- endif -%}\n\ny\n\n"));
    assertEquals("a\n   b", render("a\n   {%+ if true %}b{% endif %}\n"));
    assertEquals("{{ x }} }}", render("{% raw %}{{ x }}{% endraw %} {# no #}{{ '}}' }}"));
  }

  @Test
  void aRefusalIsToldInTheTemplatesOwnWords() {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> render("\n{{ raise_exception('roles must alternate') }}"));
    assertEquals(
        "chat template, line 2: the chat template refuses this conversation: roles must alternate",
        refusal.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      value = {
        "{{ 'open }} → no closing",
        "{% bad %} → «bad» is no statement",
        "{% if x %} → ends where {% endif %} should be",
        "{{ a b }} → }} is expected",
        "{{ 1 | nofilter }} → no filter «nofilter»",
        "{{ 1 is notest }} → no test «notest»",
        "{{ 'a' + 1 }} → cannot go with «+»",
        "{{ x.y }} → «x» is undefined",
        "{{ f() }} → «f» is undefined",
        "{% break %} → stands in no loop",
      })
  void aBrokenTemplateSaysWhere(String template, String part) {
    var error = assertThrows(IllegalArgumentException.class, () -> render(template));
    assertTrue(String.valueOf(error.getMessage()).contains(part), error.getMessage());
  }

  private static Path folder(Path folder, String config) throws IOException {
    return Files.writeString(folder.resolve("tokenizer_config.json"), config);
  }

  private static final List<ChatMessage> HI = List.of(new ChatMessage("user", "hi"));

  @Test
  void specialTokensAreStringsOrObjects(@TempDir Path folder) throws IOException {
    Path config =
        folder(
            folder,
            """
            {"bos_token": {"__type": "AddedToken", "content": "<s>"}, "eos_token": "</s>",
             "pad_token": null, "add_bos_token": true, "extra_special_tokens": {"image_token": "<i>"},
             "chat_template": "{{ bos_token }}{{ eos_token }}{{ image_token }}\
            {{ pad_token is defined }}{{ add_bos_token is defined }}"}
            """);
    assertEquals("<s></s><i>FalseFalse", ChatTemplate.load(config).render(HI, false));
  }

  @Test
  void aTemplateForToolsServesConversationsWithTools(@TempDir Path folder) throws IOException {
    Path config =
        folder(
            folder,
            """
            {"chat_template": [{"name": "default", "template": "plain"},
              {"name": "tool_use", "template": "{{ tools | length }} tools"},
              {"name": "rag", "template": "rag"}]}
            """);
    ChatTemplate template = ChatTemplate.load(config);
    assertEquals("plain", template.render(HI, false));
    assertEquals("2 tools", template.render(Map.of("tools", List.of("a", "b"))));
    assertEquals("rag", template.named("rag").render(HI, false));
    var missing = assertThrows(IllegalArgumentException.class, () -> template.named("x"));
    assertTrue(String.valueOf(missing.getMessage()).contains("rag"), missing.getMessage());
  }

  @Test
  void filesBesideComeFirst(@TempDir Path folder) throws IOException {
    Path config = folder(folder, "{\"chat_template\": \"within\"}");
    assertEquals("within", ChatTemplate.load(config).render(HI, false));
    Files.writeString(folder.resolve("chat_template.jinja"), "beside");
    Files.createDirectory(folder.resolve("additional_chat_templates"));
    Files.writeString(folder.resolve("additional_chat_templates/tool_use.jinja"), "tools");
    assertEquals("beside", ChatTemplate.load(config).render(HI, false));
    assertEquals("tools", ChatTemplate.load(config).render(Map.of("tools", List.of())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "{} → not made for conversations",
        "{ → is no JSON",
        "{\"chat_template\": \"{{ a b }}\"} → line 1",
        "{\"chat_template\": [{\"name\": \"x\", \"template\": \"y\"}]} → none is named «default»",
        "{\"chat_template\": [1]} → wants a string, or a list",
      })
  void aConfigWithoutATemplateSaysSo(String json, String part, @TempDir Path folder)
      throws IOException {
    Path config = folder(folder, json);
    var error = assertThrows(IllegalArgumentException.class, () -> ChatTemplate.load(config));
    assertTrue(String.valueOf(error.getMessage()).contains(part), error.getMessage());
    assertTrue(String.valueOf(error.getMessage()).contains("tokenizer_config.json"));
  }

  @Test
  void theLastMessageIsContinued() {
    Map<String, Object> chat =
        Map.of(
            "messages",
            List.of(
                Map.of("role", "user", "content", "2 + 2?"),
                Map.of("role", "assistant", "content", "It is ")));
    assertEquals(
        "<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\nIt is ",
        ChatTemplate.chatml().renderToContinue(chat));
    ChatTemplate trimming =
        ChatTemplate.of(
            "{% for m in messages %}[{{ m.content | trim }}]{% endfor %}", Map.of(), CLOCK);
    assertEquals("[2 + 2?][It is", trimming.renderToContinue(chat));
    assertThrows(
        IllegalArgumentException.class,
        () -> trimming.renderToContinue(Map.of("messages", List.of())));
    ChatTemplate silent = ChatTemplate.of("no content", Map.of(), CLOCK);
    assertThrows(IllegalArgumentException.class, () -> silent.renderToContinue(chat));
  }

  @Test
  void whatTheAssistantSaidIsMarked() {
    ChatTemplate template =
        ChatTemplate.of(
            "{% for m in messages %}{% if m.role == 'assistant' %}"
                + "{% generation %}{{ m.content }}{% endgeneration %}"
                + "{% else %}{{ m.content }}{% endif %}|{% endfor %}",
            Map.of(), CLOCK);
    ChatTemplate.Marked marked =
        template.renderMarked(
            Map.of(
                "messages",
                List.of(
                    Map.of("role", "user", "content", "你好😀"),
                    Map.of("role", "assistant", "content", "yes"))));
    assertEquals("你好😀|yes|", marked.text());
    assertEquals(List.of(new ChatTemplate.Marked.Span(5, 8)), marked.assistant());
  }

  @Test
  void nestingWithoutEndIsRefused() {
    String deep = "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}";
    assertThrows(IllegalArgumentException.class, () -> render(deep));
    String chain = "{{ x" + ".a".repeat(200_000) + " }}";
    assertThrows(IllegalArgumentException.class, () -> render(chain));
  }
}
