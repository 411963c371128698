"""The catalogue of faults that a station, a network or an attacker may bring, and where each is tested."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

TRANSPORT: dict[str, str] = {
    "T1 plain HTTP": "csms/test_server::test_plain_http_is_told_to_upgrade_and_not_written_down",
    "T2 random bytes": "csms/test_server::test_random_bytes_are_cut_off",
    "T3 absurd headers": "csms/test_faults_transport::test_absurd_headers_are_refused",
    "T4 slow handshakes": "csms/test_faults_transport::"
    "test_sixty_handshakes_that_never_finish_keep_no_station_out",
    "T5 silence": "csms/test_server::test_a_handshake_that_never_ends_is_cut",
    "T5 silence in TLS": "csms/test_server::test_tls_that_never_ends_is_cut",
    "T6 another subprotocol": "csms/test_server::test_another_subprotocol_is_refused_with_the_remedy",
    "T7 2.0.1 among others": "csms/test_server::test_two_zero_one_is_chosen_among_others",
    "T8 unknown id": "csms/test_server::test_an_unknown_station_gets_404_and_one_line",
    "T8 no id": "csms/test_server::test_an_address_without_an_id_gets_404",
    "T9 impossible id": "csms/test_server::test_an_impossible_id_gets_400_and_an_escaped_line",
    "T9 markup in an id": "csms/test_server::test_markup_in_an_id_is_only_text",
    "T10 spellings of an id": "csms/test_server::test_an_id_is_found_in_every_form_of_its_url",
    "T10 letter case": "csms/test_server::test_an_id_is_told_apart_by_letter_case",
    "T11 base path": "csms/test_server::test_an_id_is_found_in_every_form_of_its_url",
    "T12 wrong login": "test_door_passwords::test_a_login_that_is_not_this_stations_is_refused",
    "T12 binary password": "test_door_passwords::test_any_bytes_can_be_a_password",
    "T12 back-off": "test_door_limits::"
    "test_an_address_that_keeps_failing_is_refused_early_and_others_are_not",
    "T13 a scanner": "test_door_limits::test_a_scanner_does_not_hold_up_who_is_in",
    "T13 its log": "test_log_budget::test_a_day_of_scanning_and_madness_writes_less_than_a_mebibyte",
    "T14 large frame": "csms/test_server::test_a_frame_beyond_the_limit_ends_the_socket_with_1009",
    "T14 claimed size": "csms/test_server::test_a_frame_that_claims_to_be_endless_ends_the_socket",
    "T15 endless fragments": "csms/test_faults_transport::test_fragments_without_end_are_cut_at_the_limit",
    "T16 compression bomb": "csms/test_faults_transport::"
    "test_a_message_that_swells_when_it_is_unpacked_is_cut_at_the_limit",
    "T17 broken frames": "csms/test_faults_transport::"
    "test_a_broken_frame_ends_its_socket_with_the_code_of_the_rfc",
    "T18 no UTF-8": "csms/test_faults_transport::"
    "test_a_broken_frame_ends_its_socket_with_the_code_of_the_rfc",
    "T19 binary frame": "csms/test_faults_transport::test_a_binary_frame_is_read_as_text",
    "T20 500 fragments": "csms/test_faults_transport::"
    "test_a_message_in_five_hundred_fragments_with_pings_between_is_answered",
    "T21 pings and pongs": "csms/test_faults_transport::"
    "test_a_thousand_control_frames_at_once_leave_the_link_alive",
    "T22 half open": "test_door_limits::test_a_box_that_vanished_without_a_word_is_noticed",
    "T23 no pong but life": "test_door_limits::test_a_box_that_talks_but_answers_no_ping_stays",
    "T24 second link": "csms/test_server::test_the_newest_socket_wins_and_the_old_ones_end_does_not_clear_it",
    "T25 second link after a crash": "csms/test_server::test_a_half_open_socket_is_replaced_at_once",
    "T26 late clean-up": "csms/test_server::"
    "test_the_newest_socket_wins_and_the_old_ones_end_does_not_clear_it",
    "T27 flapping": "csms/test_server::test_flapping_leaves_nothing_behind",
    "T27 not shown": "hass/test_publisher::test_a_wallbox_back_within_the_grace_was_never_away",
    "T28 reads nothing": "csms/test_session::test_a_station_that_reads_nothing_is_cut_off",
    "T29 slow reader": "csms/test_session::test_a_call_that_never_had_its_turn_was_not_sent",
    "T30 old TLS": "csms/test_server::test_tls_one_point_one_is_refused",
    "T30 RSA suites": "test_door_tls::test_the_specifications_rsa_ciphers_are_taken_only_on_demand",
    "T31 plain on TLS": "csms/test_faults_transport::test_a_plain_client_at_the_tls_port_is_told_in_words",
    "T31 TLS on plain": "csms/test_faults_transport::test_a_tls_client_at_the_plain_port_is_told_in_words",
    "T33 missing certificate": "csms/test_certificate::"
    "test_a_missing_certificate_keeps_the_port_shut_until_it_is_there",
    "T33 key mismatch": "csms/test_certificate::test_a_key_of_another_certificate_is_told",
    "T33 encrypted key": "csms/test_certificate::test_an_encrypted_key_is_told",
    "T33 dates": "csms/test_certificate::test_dates_are_judged_and_the_certificate_is_served_all_the_same",
    "T33 chain": "csms/test_certificate::test_a_leaf_without_its_chain_is_told",
    "T34 renewal": "csms/test_certificate::"
    "test_a_renewed_certificate_serves_new_sockets_and_the_old_one_lives_on",
    "T35 half written": "csms/test_certificate::test_half_written_files_leave_the_old_certificate_in_use",
    "T36 client certificate": "test_door_tls::"
    "test_profile_3_refuses_a_certificate_that_the_authority_does_not_bear_out",
    "T37 many strangers": "csms/test_server::"
    "test_handshakes_under_way_are_counted_and_a_finished_one_makes_room",
}

PROTOCOL: dict[str, str] = {
    "P1 no message": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P2 wrong length": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P3 unknown type": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P4 message id": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P5 action no text": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P6 unknown action": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P7 payload no object": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P8 endless depth": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P9 endless integer": "csms/test_session::test_an_endless_integer_costs_only_its_message",
    "P10 byte order mark": "csms/test_session::test_a_byte_order_mark_and_a_binary_frame_are_read",
    "P10 equal keys": "csms/test_faults_protocol::test_the_last_of_equal_keys_wins",
    "P11 lone surrogates": "csms/test_session::test_lone_surrogates_are_replaced_before_anybody_sees_them",
    "P12 control characters": "csms/test_decode::test_names_are_fit_to_be_shown",
    "P13 NaN": "csms/test_session::test_a_value_that_is_no_number_costs_that_value_alone",
    "P14 missing field": "csms/test_session::"
    "test_what_makes_an_event_unusable_is_refused_with_the_field_named",
    "P15 strange seqNo": "csms/test_session::test_what_can_be_understood_is_accepted",
    "P16 unknown enum": "csms/test_session::test_what_can_be_understood_is_accepted",
    "P17 value as text": "csms/test_session::test_what_can_be_understood_is_accepted",
    "P18 overlong text": "csms/test_repair::test_an_overlong_string_is_kept_whole",
    "P19 nothing measured": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P20 defaults": "csms/test_decode::test_what_a_sampled_value_leaves_out_has_its_default",
    "P21 units": "csms/test_decode::test_a_sampled_value_is_read_in_its_base_unit",
    "P22 multipliers": "csms/test_decode::test_a_sampled_value_is_read_in_its_base_unit",
    "P23 phases": "domain/test_measurands::test_a_voltage_between_phases_and_the_neutral_are_no_phase",
    "P23 no energy twice": "domain/test_measurands::test_registers_come_in_order_and_no_energy_comes_twice",
    "P24 order of groups": "domain/test_transactions::test_older_samples_of_a_new_event_are_history",
    "P25 timestamps": "csms/test_decode::test_a_timestamp_is_read_in_any_of_its_spellings",
    "P25 rubbish": "csms/test_decode::test_rubbish_is_no_timestamp",
    "P26 wrong clock": "csms/test_decode::test_a_time_that_cannot_be_right_is_replaced_by_ours",
    "P27 message twice": "csms/test_session::test_a_message_sent_twice_is_answered_the_same_and_handled_once",
    "P28 event twice": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P29 gaps": "csms/test_faults_protocol::test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P29 noted": "domain/test_device_records::test_a_gap_in_the_numbers_is_noted_and_filled_by_late_events",
    "P30 order": "csms/test_faults_protocol::test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P31 replay": "csms/test_faults_protocol::test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P31 of a thousand": "domain/test_energy::test_a_thousand_old_events_after_the_live_one_count_once",
    "P32 unknown offline end": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P33 register backwards": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P33 every way": "domain/test_energy::test_rules",
    "P34 register jumps": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P35 export": "csms/test_faults_protocol::test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P36 no transaction id": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P37 two transactions": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P38 unknown end": "csms/test_faults_protocol::"
    "test_a_story_with_faults_has_the_outcome_of_the_honest_one",
    "P39 reboot": "csms/test_faults_protocol::test_a_station_that_reboots_in_a_session_goes_on_with_it",
    "P40 before the boot": "csms/test_server::test_a_station_that_does_not_boot_is_served_all_the_same",
    "P40 pending": "csms/test_server::test_a_pending_station_is_told_to_wait_and_nothing_of_it_is_taken",
    "P41 boots": "csms/test_faults_protocol::test_boots_in_quick_succession_are_all_answered",
    "P41 set-up": "test_control::test_a_wallbox_that_boots_again_and_again_is_not_set_up_each_time",
    "P42 status storm": "hass/test_publisher::"
    "test_one_change_goes_at_once_and_a_burst_is_merged_to_the_newest",
    "P43 every request": "csms/test_session::test_every_request_of_a_station_gets_a_schema_valid_answer",
    "P44 reports": "domain/test_device_records::test_a_flood_of_reports_and_parts_has_an_end",
    "P44 holes": "domain/test_device_records::test_a_hole_leaves_a_report_partial_after_half_a_minute",
    "P45 unsolicited": "csms/test_session::test_answers_that_nobody_asked_for_are_dropped",
    "P46 late answer": "csms/test_session::test_an_answer_after_the_deadline_does_not_reach_the_next_call",
    "P46 order": "csms/test_session::test_calls_go_out_one_at_a_time_and_take_their_own_answers",
    "P47 broken answer": "csms/test_session::test_an_unreadable_answer_fails_its_call_and_not_the_link",
    "P47 extra field": "csms/test_session::test_an_answer_with_more_than_the_schema_knows_is_read",
    "P48 CALLERROR": "csms/test_session::test_a_call_error_tells_the_caller_why",
    "P49 link lost": "csms/test_session::test_a_lost_link_fails_the_waiting_calls_at_once",
    "P50 three clicks": "test_control::test_a_second_click_is_the_first_one",
    "P51 call in a handler": "csms/test_faults_protocol::"
    "test_no_answer_of_ours_waits_for_one_of_the_stations",
    "P52 both at once": "csms/test_session::"
    "test_a_handler_that_waits_for_nothing_lets_both_sides_call_at_once",
    "P53 300 requests": "csms/test_session::test_three_hundred_requests_are_answered_in_order",
    "P54 5,000 values": "csms/test_session::test_thousands_of_sampled_values_are_read_at_once",
    "P55 error details": "csms/test_rpc::test_what_is_no_valid_call_gets_the_error_of_its_clause",
    "P55 our own fault": "csms/test_session::"
    "test_a_fault_of_ours_is_an_internal_error_and_the_repeated_message_is_tried_again",
    "P56 refused limit": "test_control::test_a_refused_limit_is_tried_ever_more_rarely_and_logged_once",
    "P56 ignored limit": "test_control::test_a_car_that_ignores_the_limit_is_told_of",
    "P57 absurd limits": "domain/test_commands::test_a_value_that_cannot_be_used_is_refused",
    "P58 no cable": "test_control::test_a_wallbox_that_tells_nothing_is_asked_to_start_in_the_end",
    "P59 another's session": "csms/test_faults_protocol::"
    "test_another_stations_recorded_session_is_no_energy_of_ours",
    "P60 wall clock": "test_control::test_a_jump_of_the_wall_clock_is_no_deadline",
}


@pytest.mark.parametrize(("fault", "where"), [*TRANSPORT.items(), *PROTOCOL.items()])
def test_every_fault_has_its_test(fault: str, where: str) -> None:
    file, _, name = where.partition("::")
    assert f"def {name}(" in (TESTS / f"{file}.py").read_text(), fault


@pytest.mark.parametrize(
    ("catalogue", "ids"),
    [
        # T32 was never given
        (TRANSPORT, {f"T{number}" for number in range(1, 38)} - {"T32"}),
        (PROTOCOL, {f"P{number}" for number in range(1, 61)}),
    ],
    ids=["transport", "protocol"],
)
def test_no_fault_is_left_out(catalogue: dict[str, str], ids: set[str]) -> None:
    assert {fault.partition(" ")[0] for fault in catalogue} == ids
