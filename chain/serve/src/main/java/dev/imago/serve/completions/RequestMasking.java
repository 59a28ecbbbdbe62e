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

/// What is masked of one tenant's request, and restored in its answer. For one request.
public final class RequestMasking {
  /// Where they stand in requests for vectors, labels and ranks.
  private static final Set<String> TEXTS =
      Set.of(
          "input",
          "inputs",
          "text_pair",
          "text_1",
          "text_2",
          "query",
          "documents",
          "comment",
          "correction");

  private static final String ARGUMENTS = "arguments";
  private static final String DOES = "masks what may lead to a person";

  private final Masker masker;
  private final Replacements replacements;

  private RequestMasking(Masker masker, Replacements replacements) {
    this.masker = masker;
    this.replacements = replacements;
  }

  /// The maskers of all tenants, made once. Thread-safe.
  public static final class Tenants {
    private final Function<String, List<String>> names;
    private volatile InForce now;

    private record InForce(TenantMasking settings, Map<MaskRules, Masker> maskers) {
      static InForce of(TenantMasking settings) {
        var maskers = new HashMap<MaskRules, Masker>();
        maskers.put(settings.all(), new Masker(settings.all()));
        settings.byTenant().values().forEach(r -> maskers.computeIfAbsent(r, Masker::new));
        return new InForce(settings, maskers);
      }
    }

    /// @param names what settings may call a tenant by, the nearest first
    public Tenants(TenantMasking settings, Function<String, List<String>> names) {
      this.names = names;
      this.now = InForce.of(settings);
    }

    /// Other settings, from the next request on.
    public void replace(TenantMasking settings) {
      now = InForce.of(settings);
    }

    /// What is masked of a new request; empty where nothing is.
    Optional<RequestMasking> request(String tenant) {
      InForce with = now;
      MaskRules rules = with.settings.of(names.apply(tenant));
      Masker masker = with.maskers.get(rules);
      if (rules.actions().isEmpty() || masker == null) {
        return Optional.empty();
      }
      Optional<Pseudonyms> pseudonyms = with.settings.pseudonyms().map(all -> all.within(tenant));
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

    /// The fields of what is said of an answer, masked. Who was in what was asked, or in the
    /// answer, is called here as there, unless the rules have changed since.
    ///
    /// @throws ApiException where it holds what must not pass
    public JsonFields texts(ServedAnswers.Served of, JsonFields fields) {
      Optional<RequestMasking> anew = request(of.tenant());
      return anew.map(
              now ->
                  of.masking()
                      .filter(then -> then.masker == now.masker)
                      .map(then -> new RequestMasking(then.masker, then.replacements.copy()))
                      .orElse(now)
                      .masked(fields, TEXTS))
          .orElse(fields);
    }
  }

  /// A request whose words are masked: what is read of it, kept and logged knows no others.
  ///
  /// @throws ApiException where it holds what must not pass, or words that cannot be seen
  JsonFields masked(JsonFields fields) {
    RequestWords.refuseLogprobs(fields, DOES);
    return masked(fields, RequestWords.OF_GENERATION);
  }

  private JsonFields masked(JsonFields fields, Set<String> where) {
    try {
      return RequestWords.changed(
          fields,
          where,
          DOES,
          (field, text) ->
              field.equals(ARGUMENTS)
                  ? new JsonMasker(masker, replacements).mask(text)
                  : masker.mask(text, replacements).text());
    } catch (BlockedTextException e) {
      throw refused("the request", e);
    }
  }

  /// What is held of what it took out, in characters.
  long chars() {
    return replacements.values().entrySet().stream()
        .mapToLong(each -> each.getKey().length() + each.getValue().length())
        .sum();
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
