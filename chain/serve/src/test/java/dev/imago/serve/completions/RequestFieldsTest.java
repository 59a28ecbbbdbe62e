package dev.imago.serve.completions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.fields.FieldUse;
import dev.imago.serve.models.AutoRouting;
import dev.imago.serve.models.KeepAlive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every field of OpenAI's description of its API is in one of the three classes, which are those
/// that `docs/serving.md` tells.
class RequestFieldsTest {
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "../.."));

  private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");

  private static final Set<String> CHAT =
      Set.of(
          "audio",
          "frequency_penalty",
          "function_call",
          "functions",
          "logit_bias",
          "logprobs",
          "max_completion_tokens",
          "max_tokens",
          "messages",
          "metadata",
          "modalities",
          "model",
          "moderation",
          "n",
          "parallel_tool_calls",
          "prediction",
          "presence_penalty",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "reasoning_effort",
          "response_format",
          "safety_identifier",
          "seed",
          "service_tier",
          "stop",
          "store",
          "stream",
          "stream_options",
          "temperature",
          "tool_choice",
          "tools",
          "top_logprobs",
          "top_p",
          "user",
          "verbosity",
          "web_search_options");

  private static final Set<String> TEXT =
      Set.of(
          "best_of",
          "echo",
          "frequency_penalty",
          "logit_bias",
          "logprobs",
          "max_tokens",
          "model",
          "n",
          "presence_penalty",
          "prompt",
          "seed",
          "stop",
          "stream",
          "stream_options",
          "suffix",
          "temperature",
          "top_p",
          "user");

  @Test
  void noFieldOfOpenAisIsUnknown() {
    assertEquals(Set.of(), missing(CHAT, RequestFields.of(CompletionKind.CHAT)));
    assertEquals(Set.of(), missing(TEXT, RequestFields.of(CompletionKind.TEXT)));
  }

  private static Set<String> missing(Set<String> described, Map<String, FieldUse> known) {
    var missing = new TreeSet<>(described);
    missing.removeAll(known.keySet());
    return missing;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n|Honoured",
        "min_p|Honoured",
        "min_tokens|Honoured",
        "ignore_eos|Honoured",
        "stop_token_ids|Honoured",
        "repetition_penalty|Honoured",
        "repeat_penalty|Honoured",
        "logit_bias|Honoured",
        "user|Honoured",
        "metadata|Accepted",
        "store|Accepted",
        "service_tier|Accepted",
        "parallel_tool_calls|Honoured",
        "priority|Honoured",
        "cache_salt|Honoured",
        "guided_regex|Honoured",
        "guided_json|Honoured",
        "prediction|Refused",
        "modalities|Refused",
        "response_format|Honoured",
        "logprobs|Honoured",
        "top_logprobs|Honoured",
        "dry_multiplier|Honoured",
      })
  void fieldsAreOfTheirClass(String name, String use) {
    assertEquals(use, RequestFields.of(CompletionKind.CHAT).get(name).getClass().getSimpleName());
  }

  @Test
  void whatIsRefusedIsLetThroughWhereItChangesNothingAndNowhereElse() {
    for (CompletionKind kind : CompletionKind.values()) {
      RequestFields.of(kind)
          .forEach(
              (name, use) -> {
                if (use instanceof FieldUse.Refused refused) {
                  refused.neutral().forEach(value -> check(kind, name, value.toString()));
                  check(kind, name, "null");
                  ApiException e =
                      assertThrows(ApiException.class, () -> check(kind, name, "{\"other\":[1]}"));
                  String message = String.valueOf(e.getMessage());
                  assertTrue(message.startsWith(name + " = "), message);
                  assertTrue(message.contains("leave it out"), message);
                  assertEquals(400, e.status());
                }
              });
    }
  }

  private static void check(CompletionKind kind, String name, String value) {
    String body = "{\"%s\":%s}".formatted(name, value);
    RequestFields.check(kind, JsonFields.parse(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aNumberIsNeutralHoweverItIsWritten() {
    check(CompletionKind.CHAT, "n_probs", "0.0");
    check(CompletionKind.CHAT, "length_penalty", "1");
    check(CompletionKind.TEXT, "length_penalty", "1.00");
  }

  @Test
  void everyFieldThatIsHonouredAtAllIsRead() {
    // A value of a wrong kind is refused by whoever reads the field.
    var kinds = new ArrayList<String>();
    for (CompletionKind kind : CompletionKind.values()) {
      RequestFields.of(kind)
          .forEach(
              (name, use) -> {
                if (use instanceof FieldUse.Honoured) {
                  kinds.add(kind + " " + name);
                  String good =
                      kind == CompletionKind.CHAT
                          ? "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]"
                          : "\"prompt\":\"a\"";
                  String body =
                      good.startsWith("\"" + name + "\"")
                          ? "{\"%s\":{}}".formatted(name)
                          : "{%s,\"%s\":%s}"
                              .formatted(
                                  good,
                                  name,
                                  name.equals("stream_options") || name.equals("logit_bias")
                                      ? "5"
                                      : "{\"x\":[]}");
                  ApiException e =
                      assertThrows(
                          ApiException.class,
                          () -> read(kind, body),
                          () -> "%s takes anything: %s".formatted(name, body));
                  assertTrue(e.body().toString().contains(name), e.body().toString());
                }
              });
    }
    assertTrue(kinds.size() > 40, kinds.toString());
  }

  private static void read(CompletionKind kind, String body) {
    JsonFields fields = JsonFields.parse(body.getBytes(StandardCharsets.UTF_8));
    fields.string("model"); // read where the model is looked up
    AutoRouting.wanted(fields); // by what it is picked, there too
    KeepAlive.of(fields, GenerationRequestFuzzTest.MODEL.backend()); // and for how long, there too
    RequestAnswering.user(fields); // for whom its answers are kept
    GenerationRequest.read(kind, fields, GenerationRequestFuzzTest.MODEL, new java.util.Random(1));
  }

  @Test
  void theDocumentationTellsTheSame() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/serving.md"));
    var sections =
        Map.of(
            FieldUse.Honoured.class, "### Honoured",
            FieldUse.Accepted.class, "### Accepted",
            FieldUse.Refused.class, "### Refused");
    sections.forEach(
        (use, heading) -> {
          String section = page.substring(page.indexOf(heading) + heading.length());
          section = section.substring(0, Math.max(0, (section + "\n##").indexOf("\n##")));
          Set<String> told =
              section
                  .lines()
                  .filter(line -> line.startsWith("| `"))
                  .flatMap(line -> NAME.matcher(line.split("\\|")[1]).results())
                  .map(result -> result.group(1))
                  .collect(Collectors.toCollection(TreeSet::new));
          var known = new TreeSet<String>();
          for (CompletionKind kind : CompletionKind.values()) {
            RequestFields.of(kind)
                .forEach((name, u) -> known.addAll(use.isInstance(u) ? List.of(name) : List.of()));
          }
          assertEquals(known, told, heading);
        });
    assertInstanceOf(FieldUse.Honoured.class, RequestFields.of(CompletionKind.TEXT).get("best_of"));
  }
}
