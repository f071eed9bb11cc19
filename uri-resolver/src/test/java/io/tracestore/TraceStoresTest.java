package io.tracestore;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreUri;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A URI opens a store of the provider that it names. */
class TraceStoresTest {
  private static final String SECRET = "s3c%r&e+t$1\\x@y";

  @TempDir Path dir;

  @AfterEach
  void forget() {
    FakeProvider.failure = null;
    FakeProvider.openedUri = null;
    FakeProvider.openedOptions = null;
  }

  @Test
  void a_uri_opens_a_store_with_typed_options() {
    assertThat(TraceStores.open("fake:x?size=5")).isNotNull();

    assertThat(opened()).isEqualTo(StoreUri.parse("fake:x?size=5"));
    assertThat(requireNonNull(FakeProvider.openedOptions).get(FakeProvider.SIZE)).isEqualTo(5);
  }

  @Test
  void an_alias_opens_a_store_too() {
    TraceStores.open(StoreUri.parse("jdbc:fake:x"));

    assertThat(opened().scheme()).isEqualTo("jdbc:fake");
  }

  @Test
  void options_may_be_given_beside_the_uri() {
    TraceStores.open("fake:x", Map.of("size", "7", "password", "a&b%"));

    assertThat(opened().options()).isEqualTo(Map.of("size", "7", "password", "a&b%"));
  }

  @Test
  void an_option_given_in_both_is_refused() {
    assertThatThrownBy(() -> TraceStores.open("fake:x?size=5", Map.of("size", "7")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("option 'size' is given twice: 'fake:x?size=5&size=7'");
  }

  @Test
  void an_unknown_option_is_refused_before_anything_is_opened() {
    assertThatThrownBy(() -> TraceStores.open("fake:x?siz=5"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "unknown option 'siz' for fake: (did you mean 'size'?); known: size, password,"
                + " retention, maxSize, retentionInterval");
    assertThat(FakeProvider.openedUri).isNull();
  }

  @Test
  void the_providers_are_listed() {
    assertThat(TraceStores.providers()).extracting(TraceStoreProvider::scheme).contains("fake");
  }

  @Test
  void a_secret_from_a_file_reaches_the_provider_and_no_text() throws Exception {
    TraceStores.open("fake://u:${file:" + secretFile() + "}@h/d");

    assertThat(opened().body()).isEqualTo("//u:" + SECRET + "@h/d");
    assertThat(opened()).hasToString("fake://u:***@h/d");
  }

  @Test
  void a_secret_from_a_file_may_stand_in_an_option() throws Exception {
    TraceStores.open("fake:x", Map.of("password", "${file:" + secretFile() + "}"));

    assertThat(opened().options()).isEqualTo(Map.of("password", SECRET));
  }

  @Test
  void a_secret_in_a_message_is_hidden() throws Exception {
    FakeProvider.failure = uri -> new StoreUnavailableException("no login with " + SECRET, null);

    assertThatThrownBy(() -> TraceStores.open("fake:${file:" + secretFile() + "}"))
        .isExactlyInstanceOf(StoreUnavailableException.class)
        .hasMessage("no login with ***");
  }

  @Test
  void a_secret_in_any_cause_or_suppressed_exception_is_hidden_and_the_rest_stays()
      throws Exception {
    SQLException driver = new SQLException("bad url pg://u:" + SECRET + "@h");
    driver.addSuppressed(new IllegalStateException("also " + SECRET));
    StoreUnavailableException thrown =
        new StoreUnavailableException("cannot connect", new RuntimeException(driver));
    thrown.addSuppressed(new IllegalStateException("closing " + SECRET));
    FakeProvider.failure = uri -> thrown;
    String uri = "fake:${file:" + secretFile() + "}";

    StoreUnavailableException seen =
        catchThrowableOfType(StoreUnavailableException.class, () -> TraceStores.open(uri));

    assertThat(stackTrace(seen))
        .doesNotContain(SECRET)
        .contains("cannot connect")
        .contains("java.sql.SQLException: bad url pg://u:***@h")
        .contains("java.lang.IllegalStateException: also ***")
        .contains("java.lang.IllegalStateException: closing ***");
    assertThat(seen.getStackTrace()).isEqualTo(thrown.getStackTrace());
    assertThat(requireNonNull(seen.getCause()).getStackTrace())
        .isEqualTo(requireNonNull(thrown.getCause()).getStackTrace());
  }

  @Test
  void an_exception_that_shows_no_secret_is_thrown_as_it_is() {
    StoreUnavailableException thrown = new StoreUnavailableException("down", null);
    FakeProvider.failure = uri -> thrown;

    assertThatThrownBy(() -> TraceStores.open("fake://u:secret@h")).isSameAs(thrown);
  }

  @Test
  void a_password_that_stands_in_the_uri_is_hidden_in_all_its_forms() {
    FakeProvider.failure =
        uri -> new StoreUnavailableException("p%40 w, p@ w, p%40%20w and p%40+w", null);

    assertThatThrownBy(() -> TraceStores.open("fake://me@corp:p%40 w@h"))
        .hasMessage("***, ***, *** and ***");
  }

  @Test
  void the_value_of_a_secret_option_is_hidden() {
    FakeProvider.failure = uri -> new StoreUnavailableException("tried hunter2", null);

    assertThatThrownBy(() -> TraceStores.open("fake:x?password=hunter2")).hasMessage("tried ***");
  }

  @Test
  void whatever_a_provider_throws_becomes_a_trace_store_exception() {
    FakeProvider.failure = uri -> new IllegalStateException("oops");

    assertThatThrownBy(() -> TraceStores.open("fake:x?password=pw1"))
        .isExactlyInstanceOf(TraceStoreException.class)
        .hasMessage("cannot open fake:x?password=***: oops")
        .hasCauseExactlyInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatever_else_a_provider_throws_becomes_one_too_and_shows_no_secret() {
    FakeProvider.failure = uri -> new UnsatisfiedLinkError("no natives for pw-hunter2");
    assertThatThrownBy(() -> TraceStores.open("fake:x?password=pw-hunter2"))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage(
            "cannot open fake:x?password=***: java.lang.UnsatisfiedLinkError: no natives for ***");

    FakeProvider.failure = uri -> new NoClassDefFoundError("org/driver/Gone");
    assertThatThrownBy(() -> TraceStores.open("fake:x"))
        .isExactlyInstanceOf(TraceStoreException.class)
        .hasMessage(
            "cannot open fake:x: class org/driver/Gone is missing or could not be set up;"
                + " add the jar that brings it")
        .hasCauseExactlyInstanceOf(NoClassDefFoundError.class);

    FakeProvider.failure = uri -> new SQLException("a checked one");
    assertThatThrownBy(() -> TraceStores.open("fake:x"))
        .isExactlyInstanceOf(TraceStoreException.class)
        .hasMessage("cannot open fake:x: a checked one");
  }

  @Test
  void whether_a_hidden_exception_of_an_own_kind_is_retryable_is_kept() {
    FakeProvider.failure = uri -> new OwnKind("tried hunter2");

    TraceStoreException seen =
        catchThrowableOfType(
            TraceStoreException.class, () -> TraceStores.open("fake:x?password=hunter2"));

    assertThat(seen).hasMessage("tried ***");
    assertThat(seen.isRetryable()).isTrue();
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> TraceStores.open("fake:${file:/does/not/exist}"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "cannot read file '/does/not/exist', which the store's URI asks for:"
                + " NoSuchFileException");
  }

  private Path secretFile() throws Exception {
    return Files.writeString(dir.resolve("secret"), SECRET + "\n");
  }

  private static StoreUri opened() {
    return requireNonNull(FakeProvider.openedUri);
  }

  private static String stackTrace(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static final class OwnKind extends TraceStoreException {
    private static final long serialVersionUID = 1L;

    OwnKind(String message) {
      super(message, null);
    }

    @Override
    public boolean isRetryable() {
      return true;
    }
  }
}
