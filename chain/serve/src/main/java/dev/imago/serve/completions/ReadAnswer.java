package dev.imago.serve.completions;

import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerParser;
import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.serve.models.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One of a request's answers as it is read: taken apart into text, thoughts and calls.
public final class ReadAnswer {
  private final Backend backend;
  private final Prompt prompt;
  private final @Nullable AnswerParser parser;
  private final Supplier<String> ids;
  private final boolean hidesThoughts;
  private final List<AnswerPart> parts = new ArrayList<>();
  private final List<String> callIds = new ArrayList<>();
  private int tokens;
  private int reasoning;
  private boolean thinking;
  private boolean enough;
  private @Nullable String stop;

  private final AnswerMasking masking;
  private final AnswerModeration moderation;

  /// @param ids of calls
  ReadAnswer(
      Backend backend,
      Prompt prompt,
      Supplier<String> ids,
      AnswerMasking masking,
      AnswerModeration moderation) {
    this.masking = masking;
    this.moderation = moderation;
    this.backend = backend;
    this.prompt = prompt;
    this.ids = ids;
    this.parser = prompt.reading() == null ? null : prompt.reading().parser(backend.reading());
    this.hidesThoughts =
        prompt.reading() != null && prompt.reading().thoughts().shown() == ThoughtFields.Shown.NOT;
    this.thinking = prompt.reading() != null && prompt.reading().thinking();
  }

  /// Takes a token; gives what has become certain.
  List<AnswerPart> token(int id, String text) {
    if (enough) {
      return List.of();
    }
    tokens++;
    if (parser == null) {
      return text.isEmpty() ? List.of() : kept(List.of(new AnswerPart.Text(text)));
    }
    List<AnswerPart> more = backend.reading().add(parser, id, text);
    if (!more.isEmpty()) {
      thinking = more.getLast() instanceof AnswerPart.Reasoning;
    }
    reasoning += thinking ? 1 : 0;
    return kept(more);
  }

  /// Ends the answer.
  List<AnswerPart> end(FinishReason reason) {
    if (enough) {
      return List.of();
    }
    var last = new ArrayList<AnswerPart>();
    if (parser != null) {
      last.addAll(masking.parts(shown(parser.end(reason != FinishReason.STOP))));
    }
    last.addAll(masking.end());
    var judged = new ArrayList<>(moderation.parts(last));
    judged.addAll(moderation.end());
    return taken(judged);
  }

  /// What of the model's own text is kept for ratings.
  String keptText(String text) {
    return masking.kept(text);
  }

  /// The rest of it, at the end.
  String keptRest() {
    return masking.keptRest();
  }

  private List<AnswerPart> kept(List<AnswerPart> more) {
    List<AnswerPart> taken = taken(moderation.parts(masking.parts(shown(more))));
    enough |= moderation.filtered();
    return taken;
  }

  private List<AnswerPart> shown(List<AnswerPart> more) {
    return hidesThoughts
        ? more.stream().filter(part -> !(part instanceof AnswerPart.Reasoning)).toList()
        : more;
  }

  private List<AnswerPart> taken(List<AnswerPart> more) {
    var taken = new ArrayList<AnswerPart>();
    for (AnswerPart part : more) {
      taken.add(part);
      if (part instanceof AnswerPart.CallBegun) {
        callIds.add(ids.get());
      }
      Prompt.Reading reading = prompt.reading();
      if (part instanceof AnswerPart.CallEnded && reading != null && !reading.parallel()) {
        enough = true;
        break;
      }
    }
    parts.addAll(taken);
    return taken;
  }

  /// Whether it was ended before something that is not to pass.
  public boolean filtered() {
    return moderation.filtered();
  }

  /// Whether nothing of what follows is wanted: one call was asked for, and it is there; or it is
  /// not to pass.
  boolean enough() {
    return enough;
  }

  /// The end as the client is told it. Where there was enough, what the model wrote after it does
  /// not count, however much it was.
  Event.Done told(Event.Done end) {
    stop = enough ? null : end.stop();
    return enough
        ? new Event.Done(FinishReason.STOP, end.promptTokens(), tokens, end.timing())
        : end;
  }

  /// The stop text of the request that ended it, once it has ended; empty where none did.
  public Optional<String> stopText() {
    return Optional.ofNullable(stop);
  }

  /// The id of a call that has begun.
  public String callId(int call) {
    return callIds.get(call);
  }

  /// All of it, part by part.
  public List<AnswerPart> parts() {
    return List.copyOf(parts);
  }

  /// How many of its tokens were thoughts.
  int reasoningTokens() {
    return reasoning;
  }

  /// All of it.
  public Answer answer() {
    return Answer.of(parts);
  }

  public boolean calls() {
    return !callIds.isEmpty();
  }
}
