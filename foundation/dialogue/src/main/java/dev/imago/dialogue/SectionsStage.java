package dev.imago.dialogue;

import java.util.List;

/// A section of calls: name, separator, JSON.
final class SectionsStage extends StepStage {
  private final CallSyntax.Sections form;
  private boolean any;
  private String awaited;

  SectionsStage(AnswerParser parser, CallSyntax.Sections form) {
    super(parser, List.of(form.call(), form.close()));
    this.form = form;
    this.awaited = form.call();
  }

  @Override
  void step(String text, String mark) {
    if (mark.equals(form.call())) {
      await(form.separator(), form.separator(), form.callEnd());
    } else if (mark.equals(form.close())) {
      if (any) {
        parser.closed();
      } else {
        parser.release("a section of calls is empty");
      }
    } else if (mark.equals(form.callEnd())) {
      parser.release("a call has no arguments");
    } else if (mark.equals(form.separator()) && text.strip().equals("function")) {
      await("\n", "\n");
    } else {
      named(text.strip());
    }
  }

  private void await(String what, String... marks) {
    awaited = what;
    next(marks);
  }

  private void named(String text) {
    String name = text.startsWith(form.prefix()) ? text.substring(form.prefix().length()) : text;
    int number = name.lastIndexOf(':');
    if (!form.prefix().isEmpty() && number > 0) {
      name = name.substring(0, number);
    }
    if (name.isEmpty()) {
      parser.release("a call has no name");
      return;
    }
    parser.begin(name);
    any = true;
    await(form.call(), form.call(), form.close());
    parser.go(
        new ArgumentsStage(
            parser,
            List.of(form.callEnd(), form.close()),
            mark -> {
              if (mark.equals(form.close())) {
                parser.closed();
              } else {
                parser.go(this);
              }
            }));
  }

  @Override
  public void end(boolean cutOff) {
    if (any && awaited.equals(form.call())) {
      parser.parts().end(false);
    } else {
      parser.releaseAtEnd(cutOff);
    }
  }
}
