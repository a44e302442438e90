<?php
// Uses every plug-in of the pages with WordPress's hooks played, and fails where
// one does not do what its page says.
error_reporting(E_ALL);
set_error_handler(function ($no, $text) { throw new ErrorException($text); });

$hooks = [];
$routes = [];
$known = false;
$may = [];
function add_filter($name, $f) { global $hooks; $hooks[$name][] = $f; }
function add_action($name, $f) { add_filter($name, $f); }
function run($name, $value = null) { global $hooks; foreach ($hooks[$name] ?? [] as $f) { $value = $f($value); } return $value; }
function __return_false() { return false; }
function is_user_logged_in() { global $known; return $known; }
function current_user_can($right, $id) { global $may; return in_array("$right $id", $may, true); }
function wp_die($text, $title, $args) { throw new Exception("died with {$args['response']}"); }
function register_rest_route($space, $route, $args) { global $routes; $routes["/$space$route"] = $args; }
class WP_REST_Request extends ArrayObject {}

function same($got, $want, $what) {
    if ($got !== $want) {
        fwrite(STDERR, "$what: " . var_export($got, true) . ", not " . var_export($want, true) . "\n");
        exit(1);
    }
}

require 'harden.php';
same(run('xmlrpc_enabled', true), false, 'XML-RPC');
same(array_keys(run('xmlrpc_methods', ['system.multicall' => 1, 'pingback.ping' => 1, 'demo.sayHello' => 1])), ['demo.sayHello'], 'methods');
$endpoints = ['/wp/v2/users' => 1, '/wp/v2/users/(?P<id>[\d]+)' => 1, '/wp/v2/posts' => 1];
same(array_keys(run('rest_endpoints', $endpoints)), ['/wp/v2/posts'], 'writers for strangers');
$known = true;
same(run('rest_endpoints', $endpoints), $endpoints, 'writers for the editor');
$known = false;
$_GET = [];
run('template_redirect');
$_GET = ['author' => '1'];
try {
    run('template_redirect');
    same('answered', 'died', '?author=1');
} catch (Exception $e) {
    same($e->getMessage(), 'died with 404', '?author=1');
}
$_SERVER['SERVER_NAME'] = 'example.com';
$_SERVER['REMOTE_ADDR'] = '203.0.113.7';
run('wp_login_failed', "admin\nforged from 198.51.100.1");
echo "used harden.php\n";

require 'routes.php';
run('rest_api_init');
$route = $routes['/shop/v1/orders/(?P<id>\d+)'];
same($route['permission_callback'](new WP_REST_Request(['id' => '7'])), false, 'a stranger');
$may = ['read_order 7'];
same($route['permission_callback'](new WP_REST_Request(['id' => '7'])), true, 'the owner');
echo "used routes.php\n";
