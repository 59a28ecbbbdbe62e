package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.masking.BlockedTextException;
import dev.imago.masking.JsonMasker;
import dev.imago.masking.MaskRules;
import dev.imago.masking.Masker;
import dev.imago.masking.Pseudonyms;
import dev.imago.masking.Replacements;
import dev.imago.masking.TenantMasking;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What is masked of one tenant's request, and restored in its answer. For one request.
public final class RequestMasking {
  /// Where people's words stand, in OpenAI's form.
  private static final Set<String> WORDS = Set.of("messages", "prompt", "suffix");

  /// Where they stand in requests for vectors, labels and ranks.
  private static final Set<String> TEXTS =
      Set.of("input", "inputs", "text_pair", "text_1", "text_2", "query", "documents");

  /// Where tokens may stand in their place.
  private static final Set<String> TOKENS = Set.of("prompt", "input");

  /// What a message has beside them.
  private static final Set<String> OTHERS =
      Set.of("role", "id", "tool_call_id", "type", "cache_control", "detail");

  private static final String ARGUMENTS = "arguments";

  private final Masker masker;
  private final Replacements replacements;

  private RequestMasking(Masker masker, Replacements replacements) {
    this.masker = masker;
    this.replacements = replacements;
  }

  /// The maskers of all tenants, made once. Thread-safe.
  public static final class Tenants {
    private final TenantMasking settings;
    private final Function<String, List<String>> names;
    private final Map<MaskRules, Masker> maskers = new HashMap<>();

    /// @param names what settings may call a tenant by, the nearest first
    public Tenants(TenantMasking settings, Function<String, List<String>> names) {
      this.settings = settings;
      this.names = names;
      maskers.put(settings.all(), new Masker(settings.all()));
      settings.byTenant().values().forEach(r -> maskers.computeIfAbsent(r, Masker::new));
    }

    /// What is masked of a new request; empty where nothing is.
    Optional<RequestMasking> request(String tenant) {
      MaskRules rules = settings.of(names.apply(tenant));
      Masker masker = maskers.get(rules);
      if (rules.actions().isEmpty() || masker == null) {
        return Optional.empty();
      }
      Optional<Pseudonyms> pseudonyms = settings.pseudonyms().map(all -> all.within(tenant));
      return Optional.of(
          new RequestMasking(
              masker, pseudonyms.map(Replacements::keyed).orElseGet(Replacements::placeholders)));
    }

    /// The same feature, of whose requests the texts are masked before it reads them: one whose
    /// models tell vectors, labels or ranks. What it tells is of the masked texts.
    public Feature of(Feature feature) {
      return () -> feature.routes().stream().map(this::of).toList();
    }

    private Route of(Route route) {
      return new Route(
          route.method(),
          route.path(),
          route.access(),
          exchange -> {
            String tenant = exchange.caller().tenant();
            exchange.reading(fields -> texts(tenant, fields));
            route.action().run(exchange);
          });
    }

    /// The fields of such a request, masked.
    ///
    /// @throws ApiException where it holds what must not pass, or words that cannot be seen
    public JsonFields texts(String tenant, JsonFields fields) {
      return request(tenant).map(masking -> masking.masked(fields, TEXTS)).orElse(fields);
    }
  }

  /// A request whose words are masked: what is read of it, kept and logged knows no others.
  ///
  /// @throws ApiException where it holds what must not pass, or words that cannot be seen
  JsonFields masked(JsonFields fields) {
    if (fields.get("logprobs") instanceof JsonNode told
        && !(told.isBoolean() && !told.booleanValue())) {
      throw ApiException.invalid(
          "logprobs",
          "unsupported_parameter",
          "logprobs tell an answer token by token, and this server masks what may lead to a person;"
              + " leave it out");
    }
    return masked(fields, WORDS);
  }

  private JsonFields masked(JsonFields fields, Set<String> where) {
    ObjectNode copy = (ObjectNode) fields.json().deepCopy();
    try {
      for (String field : where) {
        if (copy.has(field)) {
          copy.set(field, words(field, copy.get(field)));
        }
      }
    } catch (BlockedTextException e) {
      throw refused("the request", e);
    }
    return JsonFields.of(copy);
  }

  private JsonNode words(String field, JsonNode node) {
    switch (node) {
      case ObjectNode object -> {
        for (var each : object.propertyStream().toList()) {
          if (!OTHERS.contains(each.getKey())) {
            object.set(each.getKey(), words(each.getKey(), each.getValue()));
          }
        }
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, words(field, array.get(i)));
        }
      }
      default -> {
        if (node.isNumber() && TOKENS.contains(field)) {
          throw ApiException.invalid(
              field,
              "unsupported_parameter",
              "%s is a list of tokens, and this server masks what may lead to a person: send text"
                  .formatted(field));
        }
        if (node.isString()) {
          String text = node.stringValue();
          return JsonNodeFactory.instance.stringNode(
              field.equals(ARGUMENTS)
                  ? new JsonMasker(masker, replacements).mask(text)
                  : masker.mask(text, replacements).text());
        }
      }
    }
    return node;
  }

  /// What is done with an answer.
  AnswerMasking answer() {
    return new AnswerMasking.Words(masker, replacements);
  }

  /// Names the kind, and nothing of the text.
  static ApiException refused(String what, BlockedTextException e) {
    return ApiException.of(
        400,
        "content_filter",
        "%s holds %s, which may not pass this server; take it out"
            .formatted(what, e.kinds().getFirst().described()));
  }
}
