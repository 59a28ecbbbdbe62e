package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.model.ModelCard;
import dev.imago.serve.ScriptedBackend;
import dev.imago.serve.models.ServedModel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever a client sends is answered or refused; nothing else is ever thrown.
class GenerationRequestFuzzTest {
  static final ServedModel MODEL =
      new ServedModel(
          "tiny",
          "ref",
          ModelCard.named("tiny"),
          new ScriptedBackend(64),
          new ServedModel.Defaults(256, 0.7f, 0.95f, 1.1f));

  @Property(tries = 300)
  void anyBytes(@ForAll byte[] body) {
    read(body);
  }

  @Property(tries = 2000)
  void anyValueInAnyField(@ForAll @From("objects") String body) {
    read(body.getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<String> objects() {
    Arbitrary<String> value =
        Arbitraries.lazyOf(
            () ->
                Arbitraries.of(
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1e400",
                    "0.5",
                    "99999999999999999999",
                    "\"\"",
                    "\"text\"",
                    "\"\\ud800\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "[null]",
                    "[\"a\"]",
                    "{\"type\":\"text\"}",
                    "[{\"role\":\"user\",\"content\":\"hi\"}]",
                    "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":null}]}]",
                    "[{\"role\":null}]",
                    "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"\",\"function\":{\"name\":\"\",\"arguments\":\"[\"}}]}]",
                    "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"\",\"function\":{\"name\":\"\",\"arguments\":\"\"}}]}]",
                    "[{\"role\":\"tool\",\"tool_call_id\":\"\",\"content\":\"\"}]",
                    "[{\"function\":{\"name\":\"\",\"parameters\":{\"a\":1e400}}}]",
                    "{\"include_usage\":[]}",
                    "[5]",
                    "[[5,6],[7]]",
                    "[-1]",
                    "[5,\"a\"]",
                    "{\"5\":1}",
                    "{\"5\":1e400}",
                    "{\"-5\":1}",
                    "128"));
    Arbitrary<String> name =
        Arbitraries.of(
            "model",
            "messages",
            "prompt",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "seed",
            "stop",
            "n",
            "tools",
            "tool_choice",
            "logprobs",
            "response_format",
            "logit_bias",
            "repetition_penalty",
            "repeat_penalty",
            "min_p",
            "typical_p",
            "min_tokens",
            "ignore_eos",
            "stop_token_ids",
            "best_of",
            "modalities",
            "user",
            "nonsense",
            "add_special_tokens",
            "suffix");
    return net.jqwik.api.Combinators.combine(name, value)
        .as((n, v) -> "\"%s\":%s".formatted(n, v))
        .list()
        .ofMaxSize(5)
        .map(fields -> "{" + String.join(",", fields) + "}");
  }

  private static void read(byte[] body) {
    for (CompletionKind kind : CompletionKind.values()) {
      try {
        GenerationRequest.read(kind, JsonFields.parse(body), MODEL, new Random(0));
      } catch (ApiException refused) {
        // As it should be.
      }
    }
  }
}
