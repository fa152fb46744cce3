#include <librdkafka/rdkafka.h>
// Brokers inside the process, which tests use.
#include <librdkafka/rdkafka_mock.h>
