package dev.imago.dialogue;

import java.util.List;
import java.util.Set;

/// Takes an answer apart as it comes. It looks at one character at a time, so that the same parts
/// come out at whatever places the answer was cut; a part is given as soon as it is certain. For
/// one answer; not thread-safe.
public final class AnswerParser {
  private final AnswerForm form;
  private final OfferedTools tools;
  private final Set<String> controls;
  private final AnswerParts parts;

  /// What was taken since a call seemed to begin.
  private final StringBuilder raw = new StringBuilder();

  private boolean recording;
  private AnswerStage stage;

  /// @param tools what may be called; where nothing may, calls stay text
  /// @param controls marks of the form that come by [#mark] alone, since they are tokens of their
  ///   own
  /// @param thinking whether the prompt has begun the thoughts already
  public AnswerParser(AnswerForm form, OfferedTools tools, Set<String> controls, boolean thinking) {
    this.form = tools.names().isEmpty() ? form.withoutCalls() : form;
    this.tools = tools;
    this.controls = Set.copyOf(controls);
    this.parts = new AnswerParts(!this.form.isPlain());
    AnswerForm.Thinking tags = this.form.thinking();
    this.stage = tags == null ? beginning() : new ThoughtStage(this, tags, thinking);
  }

  /// Takes more of the answer's text.
  ///
  /// @return what has become certain
  public List<AnswerPart> add(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (recording) {
        raw.append(text.charAt(i));
      }
      stage.take(text.charAt(i));
    }
    return parts.take();
  }

  /// Takes a control token of the form, by its spelling.
  public List<AnswerPart> mark(String spelling) {
    if (recording) {
      raw.append(spelling);
    }
    stage.mark(spelling);
    return parts.take();
  }

  /// Ends the answer.
  ///
  /// @param cutOff whether it was cut off by its length, and not ended by the model
  public List<AnswerPart> end(boolean cutOff) {
    stage.end(cutOff);
    return parts.take();
  }

  AnswerParts parts() {
    return parts;
  }

  OfferedTools tools() {
    return tools;
  }

  /// Those of some marks that may come as text.
  List<String> spelled(List<String> marks) {
    return marks.stream().filter(mark -> !mark.isEmpty() && !controls.contains(mark)).toList();
  }

  void go(AnswerStage next) {
    stage = next;
  }

  /// Lets the next stage look at a character that this one has no use for.
  void again(char c) {
    stage.take(c);
  }

  void again(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      stage.take(text.charAt(i));
    }
  }

  void markAgain(String spelling) {
    stage.mark(spelling);
  }

  void endAgain(boolean cutOff) {
    stage.end(cutOff);
  }

  /// Where an answer's own text begins.
  AnswerStage beginning() {
    return switch (form.calls()) {
      case CallSyntax.Channels _ -> new ChannelStage(this, true);
      case CallSyntax.BareJson _ -> new BareStage(this, '{');
      case CallSyntax.Pythonic(String open, String _) when open.isEmpty() ->
          new BareStage(this, '[');
      case CallSyntax.None _,
          CallSyntax.TaggedJson _,
          CallSyntax.Listed _,
          CallSyntax.Pythonic _,
          CallSyntax.Elements _,
          CallSyntax.KeysAndValues _,
          CallSyntax.Sections _ ->
          text();
    };
  }

  /// Where text goes on, and calls may begin.
  AnswerStage text() {
    return new TextStage(
        this,
        switch (form.calls()) {
          case CallSyntax.None _, CallSyntax.Channels _ -> List.of();
          case CallSyntax.TaggedJson tagged -> List.of(tagged.open());
          case CallSyntax.BareJson _ -> List.of(CallSyntax.BareJson.TAG);
          case CallSyntax.Listed _ -> List.of(CallSyntax.Listed.OPEN);
          case CallSyntax.Pythonic python ->
              python.open().isEmpty() ? List.of() : List.of(python.open());
          case CallSyntax.Elements elements -> List.of(elements.open());
          case CallSyntax.KeysAndValues _ -> List.of(CallSyntax.KeysAndValues.OPEN);
          case CallSyntax.Sections sections -> List.of(sections.open());
        });
  }

  /// What follows the mark that opens calls.
  AnswerStage opened() {
    return switch (form.calls()) {
      case CallSyntax.None _, CallSyntax.Channels _ -> text();
      case CallSyntax.TaggedJson tagged -> new JsonCallsStage(this, tagged.close(), false);
      case CallSyntax.BareJson _ -> new JsonCallsStage(this, "", false);
      case CallSyntax.Listed _ -> new ListedStage(this);
      case CallSyntax.Pythonic python -> new PythonicStage(this, python.close(), false);
      case CallSyntax.Elements elements -> new ElementsStage(this, elements);
      case CallSyntax.KeysAndValues _ -> new KeysAndValuesStage(this);
      case CallSyntax.Sections sections -> new SectionsStage(this, sections);
    };
  }

  /// A call seems to begin with this: should it be none, it is text.
  void record(CharSequence begun) {
    raw.setLength(0);
    raw.append(begun);
    recording = true;
  }

  void begin(String name) {
    recording = false;
    parts.begin(name);
  }

  /// Gives what seemed to be a call back as text; empty `why` where it never promised to be one.
  void release(String why) {
    recording = false;
    String text = raw.toString();
    raw.setLength(0);
    parts.text(text);
    if (!why.isEmpty()) {
      parts.unread(why);
    }
    go(text());
  }

  /// Ends an answer within what seemed to be a call.
  void releaseAtEnd(boolean cutOff) {
    if (recording && !raw.isEmpty()) {
      release(cutOff ? "the answer was cut off in a call" : "the answer ended in a call");
    }
    parts.end(true);
  }

  /// Ends an answer within a call that has begun.
  void endInCall(boolean cutOff) {
    parts.endCall(
        cutOff
            ? "the call of «%s» was cut off".formatted(parts.name())
            : "the call of «%s» was not finished".formatted(parts.name()));
    parts.end(false);
  }

  /// Back to text after the calls.
  void closed() {
    recording = false;
    raw.setLength(0);
    parts.form();
    go(text());
  }
}
