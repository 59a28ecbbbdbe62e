/// Models in the same process, for LangChain4j.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // it has no descriptor
module dev.imago.langchain4j {
  requires dev.imago.tasks;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;
  requires transitive dev.imago.generate;
  requires transitive langchain4j.core;

  exports dev.imago.langchain4j;
}
