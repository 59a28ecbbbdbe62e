package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Messages in every form that OpenAI's description of its API gives them.
class MessagesTest {
  @TempDir Path folder;
  private Running running;

  @BeforeEach
  void start() {
    running = new Running(Running.config(folder), new ScriptedBackend(1000, "ok"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'role':'developer','content':'Be brief.'}|system:Be brief.",
        "{'role':'system','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}],'name':'boss'}|system:ab"
            + " name=boss",
        "{'role':'user','content':'hi','name':'Ann'}|user:hi name=Ann",
        "{'role':'user','content':''}|user:",
        "{'role':'assistant','content':'hi','refusal':null,'annotations':[],'audio':null,'function_call':null,'tool_calls':null}|assistant:hi",
        "{'role':'assistant','content':null,'refusal':'I will not.'}|assistant:I will not.",
        "{'role':'assistant','content':[{'type':'refusal','refusal':'No.'}]}|assistant:No.",
        "{'role':'assistant','content':[{'type':'text','text':'Well,"
            + " '},{'type':'text','text':'yes'}],'name':'bot'}|assistant:Well, yes name=bot",
        "{'role':'assistant','content':null}|assistant:",
        "{'role':'assistant'}|assistant:",
        "{'role':'assistant','content':'hm','tool_calls':[]}|assistant:hm",
        "{'role':'assistant','tool_calls':[{'id':'1','type':'function','function':{'name':'f','arguments':''}}]}|assistant:"
            + " tool_calls=[{id=1, type=function, function={name=f, arguments={}}}]",
        "{'role':'tool','tool_call_id':'1','content':[{'type':'text','text':'4'},{'type':'text','text':'2'}]}|tool:42"
            + " tool_call_id=1",
      })
  void areTakenAsTheyAreDescribed(String message, String seen) throws Exception {
    HttpResponse<String> response = send(message);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals(seen, running.backend.asked.take().prompt().strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'role':'user'}|content|missing",
        "{'role':'user','content':null}|content|missing",
        "{'role':'user','content':[]}|content|at least one",
        "{'role':'user','content':[{'type':'refusal','refusal':'x'}]}|content[0].type|text only",
        "{'role':'assistant','content':[{'type':'image_url'}]}|content[0].type|text only",
        "{'role':'user','content':'x','refusal':'y'}|refusal|only an assistant",
        "{'role':'user','contant':'x'}|contant|did you mean content?",
        "{'role':'user','content':'x','frobnicate':1}|frobnicate|leave it out",
        "{'role':'assistant','content':5}|content|5",
        "{'role':'assistant','refusal':5}|refusal|a string",
        "{'role':'assistant','content':'x','audio':{'id':'a'}}|audio|text only",
        "{'role':'assistant','function_call':{'name':'f','arguments':''}}|function_call|tool_calls",
        "{'role':'function','name':'f','content':'x'}|role|tool_call_id",
        "{'role':'tool','content':'x'}|tool_call_id|missing",
        "{'role':'user','content':'x','name':5}|name|a string",
        "{'content':'x'}|role|missing",
        "{'role':'assistant','tool_calls':[{'id':'1','type':'custom','custom':{'name':'f','input':''}}]}|tool_calls[0].type|function",
      })
  void areRefusedByPlaceWithTheMend(String message, String field, String words) throws Exception {
    HttpResponse<String> response = send(message);
    assertEquals(400, response.statusCode(), response.body());
    JsonNode error = Running.json(response).get("error");
    assertEquals("messages[0]." + field, error.get("param").stringValue());
    assertTrue(error.get("message").stringValue().contains(words), error.toString());
    assertTrue(error.get("message").stringValue().startsWith("messages[0]."), "the place is named");
  }

  private HttpResponse<String> send(String message) throws Exception {
    return running.chat("{\"messages\":[%s]}".formatted(message.replace('\'', '"')));
  }

  @Test
  void aRefusalIsKeptWithARatingAsWhatWasSaid() throws Exception {
    JsonNode reply =
        Running.json(
            send(
                "{'role':'assistant','content':'Hm."
                    + " ','refusal':'No.'},{'role':'user','content':'?'}"));
    String id = reply.get("id").stringValue();
    running.post("/v1/feedback", "{\"completion_id\":\"" + id + "\",\"rating\":\"up\"}");
    var rated = dev.imago.data.RatingLog.latest(folder.resolve("ratings.jsonl")).getFirst();
    assertEquals("Hm. No.", rated.messages().getFirst().content());
  }
}
