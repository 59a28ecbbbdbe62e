package dev.imago.serve.telemetry;

import dev.imago.generate.Sampling;
import dev.imago.serve.metering.AnswerFacts;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known of answers, in the attributes and the JSON of OpenTelemetry's conventions.
final class OtlpText {
  private static final JsonMapper JSON = JsonMapper.shared();

  private OtlpText() {}

  /// Headers as the SDK reads them: names and values as in W3C Baggage.
  static String headers(Map<String, String> headers) {
    return headers.entrySet().stream()
        .map(e -> e.getKey() + "=" + encoded(e.getValue()))
        .collect(Collectors.joining(","));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// What was asked for.
  static Attributes request(AnswerFacts facts) {
    Sampling sampling = facts.sampling();
    AttributesBuilder all =
        Attributes.builder()
            .put("gen_ai.request.max_tokens", sampling.ending().maxTokens())
            .put("gen_ai.request.temperature", decimal(sampling.temperature()))
            .put("gen_ai.request.top_p", decimal(sampling.truncation().topP()))
            .put("gen_ai.request.seed", sampling.seed());
    if (sampling.truncation().topK() > 0) {
      all.put("gen_ai.request.top_k", sampling.truncation().topK());
    }
    if (sampling.penalties().frequency() != 0) {
      all.put("gen_ai.request.frequency_penalty", decimal(sampling.penalties().frequency()));
    }
    if (sampling.penalties().presence() != 0) {
      all.put("gen_ai.request.presence_penalty", decimal(sampling.penalties().presence()));
    }
    if (facts.answers() != 1) {
      all.put("gen_ai.request.choice.count", facts.answers());
    }
    if (facts.stream()) {
      all.put("gen_ai.request.stream", true);
    }
    return all.build();
  }

  /// The decimal that a float was written as, and not the double nearest to it.
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  /// What came of it.
  static Attributes response(AnswerFacts facts) {
    AttributesBuilder all =
        Attributes.builder()
            .put("gen_ai.response.id", facts.id())
            .put(
                AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"),
                facts.finishReasons());
    if (facts.stream() && facts.firstTokenNanos() > 0) {
      all.put("gen_ai.response.time_to_first_chunk", facts.firstTokenNanos() / 1e9);
    }
    return all.build();
  }

  /// The messages of a request.
  static String asked(AnswerFacts.Texts texts) {
    ArrayNode all = JSON.createArrayNode();
    texts.asked().forEach(said -> add(all, said.role(), said.content()));
    return all.toString();
  }

  /// The answers to it.
  static String answered(AnswerFacts.Texts texts, AnswerFacts facts) {
    ArrayNode all = JSON.createArrayNode();
    List<String> reasons = facts.finishReasons();
    for (int i = 0; i < texts.answered().size(); i++) {
      ObjectNode message = add(all, "assistant", texts.answered().get(i));
      if (i < reasons.size()) {
        message.put("finish_reason", reasons.get(i));
      }
    }
    return all.toString();
  }

  private static ObjectNode add(ArrayNode all, String role, String content) {
    ObjectNode message = all.addObject();
    message.put("role", role);
    message.putArray("parts").addObject().put("type", "text").put("content", content);
    return message;
  }
}
