package dev.imago.core;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares a record of reference and folder as a kind of artifact. Two records may share a name
/// and differ in form: weights of Hugging Face and of GGUF are both weights, and a step that takes
/// the one refuses the other before any work starts.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Kind {
  /// In references and folders: lower case, such as `weights`.
  String name();

  /// As people say it, with its article: «a Hugging Face folder».
  String form();

  /// A file that lies in every folder of this form, by which it is told apart; empty where the name
  /// alone says it.
  String holds() default "";
}
