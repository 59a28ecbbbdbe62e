// Past 400 lines: a request's one way from its admission to its answer, or to another model.
package dev.imago.serve.completions;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.constraints.ConstraintException;
import dev.imago.generate.BusyException;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.metering.PolicyMeter;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metrics.Metrics;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.KeepAlive;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.ServedUpstream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The one way from a request to the engine, for every route that has answers generated: admits,
/// reads, generates, has the answer written in its route's form, and ends all of them when the
/// server stops.
public final class RequestAnswering {
  /// The header of an answer that says by which model it was made.
  private static final String PROVENANCE = "x-imago-provenance";

  /// The header of an answer that says why this model was picked for it.
  private static final String PICKED = "x-imago-auto";

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final Models models;
  private final int mostAnswers;
  private final Duration heartbeat;
  private final boolean cacheApart;
  private final ServedAnswers servedAnswers;
  private final PolicyMeter meter;
  private final Metrics metrics;
  private final RequestMasking.Tenants tenants;
  private final RequestModeration.Tenants moderated;
  private final BooleanSupplier marked;
  private final Clock clock;
  private final RandomGenerator random;
  private final AtomicInteger admitted = new AtomicInteger();
  private final Set<TokenStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean cancelling;

  /// @param mostAnswers being generated and waiting together; more are told to come back (429)
  /// @param heartbeat how often a waiting client is sent a sign of life
  /// @param cacheApart whether nothing computed for one caller is used for another
  /// @param meter counts what is used
  /// @param tenants what is taken out of requests and answers
  /// @param moderated what is judged of them
  /// @param marked whether answers say by which model they were made
  /// @param random makes the answers' ids, which must not be guessed: whoever knows one can rate
  public RequestAnswering(
      Models models,
      int mostAnswers,
      Duration heartbeat,
      boolean cacheApart,
      ServedAnswers servedAnswers,
      PolicyMeter meter,
      Metrics metrics,
      RequestMasking.Tenants tenants,
      RequestModeration.Tenants moderated,
      BooleanSupplier marked,
      Clock clock,
      RandomGenerator random) {
    this.tenants = tenants;
    this.moderated = moderated;
    this.marked = marked;
    this.models = models;
    this.mostAnswers = mostAnswers;
    this.heartbeat = heartbeat;
    this.cacheApart = cacheApart;
    this.servedAnswers = servedAnswers;
    this.meter = meter;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
  }

  /// From now on new requests are refused; running ones go on.
  public void stopAdmitting() {
    stopping = true;
  }

  /// Ends the running answers.
  public void cancelAll() {
    cancelling = true;
    streams.forEach(TokenStream::cancel);
  }

  /// A request of a route that has answers generated.
  ///
  /// @param path of the route
  /// @param idPrefix what the reply's id begins with
  /// @param kind whose fields it has
  /// @param form what the answers are written in
  /// @param passing passes the request on to another server; null where its models do not answer at
  ///   this path
  public record Wish(
      String path,
      String idPrefix,
      CompletionKind kind,
      ReplyForm.Maker form,
      @Nullable Passing passing) {
    /// One that this server's own models answer.
    public Wish(String path, String idPrefix, CompletionKind kind, ReplyForm.Maker form) {
      this(path, idPrefix, kind, form, null);
    }

    private boolean mayAsk(Served model) {
      return model instanceof ServedModel || model instanceof ServedUpstream && passing != null;
    }
  }

  /// Passes a request on to the server of a model.
  @FunctionalInterface
  public interface Passing {
    /// @return the tokens that the other server says it used
    /// @throws ApiException where nothing has been sent yet
    TokenUse pass(ServedUpstream model, JsonFields fields) throws InterruptedException;
  }

  /// Reads a request's fields once it is admitted, and throws [ApiException] for what they cannot
  /// be.
  @FunctionalInterface
  public interface Reading {
    JsonFields fields();
  }

  /// Has a request answered.
  ///
  /// @throws ApiException for what cannot be done, where nothing has been sent yet
  public void answer(Wish wish, Reading reading, Outlet outlet) throws InterruptedException {
    if (stopping) {
      throw stopped();
    }
    int taken = 0;
    try {
      taken = admit(1, outlet);
      Optional<RequestMasking> masking = tenants.request(outlet.tenant());
      JsonFields fields =
          masking.isPresent() ? masking.get().masked(reading.fields()) : reading.fields();
      Optional<RequestModeration> moderation = moderated.request(outlet.tenant());
      moderation.ifPresent(each -> each.check(wish.path(), fields));
      var watch = new Watch(masking, moderation, user(fields));
      List<Served> able = new ArrayList<>(models.candidates(outlet.tenant(), fields));
      Served named = able.getFirst();
      // Nobody stands in whom the key does not open; of who was named that is told.
      able.removeIf(
          model -> !wish.mayAsk(model) || model != named && !models.isOpen(outlet.tenant(), model));
      if (able.isEmpty()) {
        throw Models.elsewhere(named, wish.path());
      }
      while (!asked(able.removeFirst(), wish, fields, watch, outlet, able.isEmpty())) {}
    } finally {
      admitted.addAndGet(-taken);
    }
  }

  /// Whose request it is, as its caller says.
  static @Nullable String user(JsonFields fields) {
    return fields.string("user").map(String::strip).filter(user -> !user.isEmpty()).orElse(null);
  }

  /// What looks at a request's answers.
  ///
  /// @param user whose request it is, as its caller says; null where it does not
  private record Watch(
      Optional<RequestMasking> masking,
      Optional<RequestModeration> moderation,
      @Nullable String user) {
    /// Another server's answers are not read here.
    ///
    /// @throws ApiException where they would have to be
    void checkPassed(Served model) {
      if (masking.isPresent()) {
        throw passedUnread(model, "masking", "masked");
      }
      if (moderation.filter(RequestModeration::ofAnswers).isPresent()) {
        throw passedUnread(model, "moderation", "judged");
      }
    }

    private static ApiException passedUnread(Served model, String what, String how) {
      return ApiException.of(
          403,
          what + "_unsupported",
          "«%s» is answered by another server, and answers to this key are %s here; ask a model of this one"
              .formatted(model.name(), how));
    }
  }

  /// What a request may take: each prompt once, and of each answer the longest.
  private static RequestMeter.Wanted wanted(Wish wish, GenerationRequest request) {
    return new RequestMeter.Wanted(
        wish.path(),
        request.model().name(),
        request.model().asked(),
        request.promptTokens(),
        request.choices().stream().mapToLong(c -> c.sampling().ending().maxTokens()).sum(),
        request.choices().size());
  }

  /// Has one of the models that may answer do it.
  ///
  /// @param last whether nobody stands in for it
  /// @return false where it is busy, or its server not there, and another is to be asked
  private boolean asked(
      Served model, Wish wish, JsonFields fields, Watch watch, Outlet outlet, boolean last)
      throws InterruptedException {
    int taken = 0;
    try {
      if (model instanceof ServedUpstream upstream && wish.passing() != null) {
        watch.checkPassed(model);
        var _ = meter.allowed(outlet.tenant(), fields, 0);
        RequestMeter.Running metered =
            meter.passing(
                outlet.tenant(),
                new RequestMeter.Wanted(wish.path(), upstream.name(), upstream.asked(), 0, 0, 1),
                outlet::header);
        try {
          TokenUse used = wish.passing().pass(upstream, fields);
          metered.settle(RequestOutcome.ANSWERED, used);
        } catch (ApiException e) {
          giveBack(metered, e, last);
          throw e;
        } finally {
          metered.settle(RequestOutcome.FAILED, TokenUse.NONE);
        }
        return true;
      }
      if (!(model instanceof ServedModel own)) {
        throw Models.elsewhere(model, wish.path());
      }
      GenerationRequest request =
          GenerationRequest.read(
                  wish.kind(),
                  meter.allowed(outlet.tenant(), fields, own.defaults().maxTokens()),
                  own,
                  random)
              .of(outlet.tenant(), cacheApart);
      OptionalLong stays = KeepAlive.of(fields, own.backend());
      taken = admit(request.choices().size() - 1, outlet);
      RequestMeter.Running metered =
          meter.begin(outlet.tenant(), wanted(wish, request), outlet::header);
      try {
        own.backend().stayAwake(stays);
        write(wish, request, watch, generate(request, outlet), outlet, metered);
      } catch (ApiException e) {
        giveBack(metered, e, last);
        throw e;
      } finally {
        metered.settle(RequestOutcome.FAILED, TokenUse.NONE); // where it did not get so far
      }
      return true;
    } catch (ApiException e) {
      if (!goesOn(e, last)) {
        throw e;
      }
      return false;
    } finally {
      admitted.addAndGet(-taken);
    }
  }

  /// Whether another model is asked where one refuses.
  private boolean goesOn(ApiException e, boolean last) {
    return !last && !stopping && (e.status() == 429 || e.status() == 502 || e.status() == 503);
  }

  /// One request is one entry in the ledger: that of who answers.
  private void giveBack(RequestMeter.Running metered, ApiException e, boolean last) {
    if (goesOn(e, last)) {
      metered.release();
    }
  }

  private void write(
      Wish wish,
      GenerationRequest request,
      Watch watch,
      List<Backend.AnswerWriter> answers,
      Outlet outlet,
      RequestMeter.Running metered)
      throws InterruptedException {
    try (TokenStream stream = TokenStream.start(answers)) {
      streams.add(stream);
      try {
        if (cancelling) {
          stream.cancel(); // cancelAll may have come before this one was among the streams
        }
        outlet.started(stream::cancel);
        writer(wish, request, watch, outlet, metered).write(stream);
      } finally {
        streams.remove(stream);
      }
    }
  }

  /// The prompt of a chat as the model would read it, without having it answered.
  ///
  /// @throws ApiException for what the model cannot be asked
  public int[] prompt(JsonFields fields, ServedModel model) {
    return Prompt.read(CompletionKind.CHAT, fields, model.backend()).getFirst().ids();
  }

  private int admit(int answers, Outlet outlet) {
    if (admitted.addAndGet(answers) > mostAnswers) {
      admitted.addAndGet(-answers);
      throw busy(
          outlet, "%d answers are being given or waiting, and no more may".formatted(mostAnswers));
    }
    return answers;
  }

  private static ApiException busy(Outlet outlet, String why) {
    outlet.header("Retry-After", "1");
    return ApiException.of(429, "too_many_requests", why + ": try again in a moment");
  }

  private List<Backend.AnswerWriter> generate(GenerationRequest request, Outlet outlet) {
    var answers = new ArrayList<Backend.AnswerWriter>();
    try {
      for (GenerationRequest.Choice choice : request.choices()) {
        answers.add(
            request.model().backend().generate(request.of(choice, servedAnswers.asksConfidence())));
      }
      return answers;
    } catch (BusyException e) {
      answers.forEach(Backend.AnswerWriter::cancel);
      throw busy(outlet, String.valueOf(e.getMessage()));
    } catch (ConstraintException e) {
      answers.forEach(Backend.AnswerWriter::cancel);
      throw beyond(e);
    } catch (RuntimeException e) {
      answers.forEach(Backend.AnswerWriter::cancel);
      throw e;
    }
  }

  /// Of what the answer must be, met while it was written: the client's to mend.
  static ApiException beyond(ConstraintException e) {
    return ApiException.of(400, "constraint_failed", String.valueOf(e.getMessage()));
  }

  static ApiException stopped() {
    return ApiException.of(503, "stopping", "the server is stopping; try again when it is back");
  }

  private AnswerWriter writer(
      Wish wish,
      GenerationRequest request,
      Watch watch,
      Outlet outlet,
      RequestMeter.Running metered) {
    if (marked.getAsBoolean()) {
      outlet.header(PROVENANCE, mark(request.model()));
    }
    if (!request.model().why().isEmpty()) {
      outlet.header(
          PICKED,
          "model=%s;why=%s"
              .formatted(quoted(request.model().name()), quoted(request.model().why())));
    }
    String id = newId(wish.idPrefix());
    var served = new ArrayList<ServedAnswers.Served>();
    var read = new ArrayList<ReadAnswer>();
    for (GenerationRequest.Choice choice : request.choices()) {
      read.add(
          new ReadAnswer(
              request.model().backend(),
              choice.prompt(),
              this::callId,
              watch.masking.map(RequestMasking::answer).orElse(AnswerMasking.NOTHING),
              watch
                  .moderation
                  .map(each -> each.answer(wish.path()))
                  .orElse(AnswerModeration.NOTHING)));
      served.add(
          servedAnswers.start(
              ServedAnswers.id(id, served.size()),
              outlet.tenant(),
              watch.user,
              request.model().reference(),
              choice.prompt().said(),
              watch.masking));
    }
    ReplyForm form =
        wish.form()
            .form(
                new ReplyForm.Started(
                    request, id, clock.instant().getEpochSecond(), random, marked.getAsBoolean()));
    return new AnswerWriter(
        wish.path(),
        id,
        request,
        form,
        served,
        read,
        outlet,
        heartbeat,
        metered,
        metrics,
        () -> watch.moderation.map(RequestModeration::flagged).orElse(false));
  }

  /// As a structured field of HTTP (RFC 9651), whose texts are of ASCII.
  private static String mark(ServedModel model) {
    return "generated-by=model;model=%s;reference=%s"
        .formatted(quoted(model.name()), quoted(model.reference()));
  }

  private static String quoted(String text) {
    return '"' + text.replaceAll("[^ -~]", "?").replaceAll("[\\\\\"]", "\\\\$0") + '"';
  }

  /// A new id: a prefix, and what nobody guesses.
  public String newId(String prefix) {
    return letters(new StringBuilder(prefix), 24, random);
  }

  /// Calls are named by nine of them, since Mistral's templates refuse ids of another length.
  private String callId() {
    return letters(new StringBuilder(), 9, random);
  }

  static String letters(StringBuilder id, int count, RandomGenerator random) {
    for (int i = 0; i < count; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }
}
