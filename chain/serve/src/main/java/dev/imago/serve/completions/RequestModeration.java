package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.moderation.ModerationAction;
import dev.imago.moderation.ModerationRules;
import dev.imago.moderation.ModerationVerdict;
import dev.imago.moderation.Moderator;
import dev.imago.moderation.ModeratorPair;
import dev.imago.moderation.TenantModeration;
import dev.imago.moderation.ThresholdModerator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What is judged of one tenant's request and of its answers, and what that leads to. For one
/// request. Whatever a moderator throws comes out: what was not judged does not pass.
public final class RequestModeration {
  private static final int MOST_TEXT_CHARS = 2_000;
  private static final String DOES = "judges what is said";

  private final String tenant;
  private final ModerationRules rules;
  private final Moderator moderator;
  private final boolean textKept;
  private final Log log;
  private volatile boolean flagged;

  /// Takes verdicts.
  @FunctionalInterface
  public interface Log {
    /// @param action such as `moderation.block`
    /// @param subject the route
    /// @param detail what was flagged, without the text unless that was asked for
    void note(String tenant, String action, String subject, String detail);
  }

  private RequestModeration(
      String tenant, ModerationRules rules, Moderator moderator, boolean textKept, Log log) {
    this.tenant = tenant;
    this.rules = rules;
    this.moderator = moderator;
    this.textKept = textKept;
    this.log = log;
  }

  /// The rules of all tenants. Thread-safe.
  public static final class Tenants {
    private final Function<String, List<String>> names;
    private final Function<String, Moderator> models;
    private final Log log;
    private volatile TenantModeration settings;

    /// @param names what settings may call a tenant by, the nearest first
    /// @param models a served model as a moderator, by its name
    public Tenants(
        TenantModeration settings,
        Function<String, List<String>> names,
        Function<String, Moderator> models,
        Log log) {
      this.settings = settings;
      this.names = names;
      this.models = models;
      this.log = log;
    }

    /// Other settings, from the next request on.
    public void replace(TenantModeration changed) {
      settings = changed;
    }

    /// The lists and rules, where there are any.
    public Optional<Moderator> lists() {
      return settings.moderator();
    }

    /// What is judged of a new request; empty where nothing is.
    Optional<RequestModeration> request(String tenant) {
      TenantModeration now = settings;
      ModerationRules rules = now.of(names.apply(tenant));
      if (!rules.looks()) {
        return Optional.empty();
      }
      Optional<Moderator> model = now.model().map(models);
      Optional<Moderator> judge =
          now.moderator()
              .<Moderator>map(
                  lists -> model.<Moderator>map(m -> new ModeratorPair(lists, m)).orElse(lists))
              .or(() -> model);
      return judge.map(
          each ->
              new RequestModeration(
                  tenant,
                  rules,
                  new ThresholdModerator(each, rules.thresholds()),
                  now.textKept(),
                  log));
    }
  }

  /// Whether answers are looked at.
  boolean ofAnswers() {
    return rules.answer() != ModerationAction.OFF;
  }

  /// Judges the words of a request.
  ///
  /// @throws ApiException where what is flagged is not to pass
  void check(String path, JsonFields fields) {
    if (rules.answer() == ModerationAction.BLOCK) {
      RequestWords.refuseLogprobs(fields, DOES);
    }
    if (rules.prompt() == ModerationAction.OFF) {
      return;
    }
    var _ =
        RequestWords.changed(
            fields,
            RequestWords.OF_GENERATION,
            DOES,
            (_, text) -> {
              ModerationVerdict verdict = moderator.judge(text);
              if (verdict.isFlagged()) {
                noted(path, "the prompt", rules.prompt(), verdict, text);
                refuse(verdict);
              }
              return text;
            });
  }

  private void refuse(ModerationVerdict verdict) {
    if (rules.prompt() == ModerationAction.BLOCK) {
      throw ApiException.of(
          400,
          "content_filter",
          "the request is flagged as %s, which this server does not answer; say it otherwise"
              .formatted(String.join(", ", verdict.flagged())));
    }
  }

  /// Whether anything of the request or its answers was flagged so far.
  boolean flagged() {
    return flagged;
  }

  /// What is done with an answer.
  AnswerModeration answer(String path) {
    return ofAnswers()
        ? new AnswerModeration.Judged(
            moderator,
            rules.answer() == ModerationAction.BLOCK,
            (verdict, text) -> noted(path, "the answer", rules.answer(), verdict, text))
        : AnswerModeration.NOTHING;
  }

  private void noted(
      String path, String what, ModerationAction action, ModerationVerdict verdict, String text) {
    flagged = true;
    String categories =
        verdict.flagged().stream()
            .map(each -> "%s %.2f".formatted(each, verdict.scores().get(each)))
            .collect(Collectors.joining(", "));
    log.note(
        tenant,
        "moderation." + action.name().toLowerCase(Locale.ROOT),
        path,
        textKept
            ? "%s: %s; %s".formatted(what, categories, brief(text))
            : what + ": " + categories);
  }

  private static String brief(String text) {
    return text.length() <= MOST_TEXT_CHARS ? text : text.substring(0, MOST_TEXT_CHARS) + "…";
  }
}
